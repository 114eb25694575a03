// SPDX-License-Identifier: Apache-2.0
#include "agreement/library_cache.hpp"

#include "agreement/elf.hpp"
#include "base/error.hpp"

namespace ingot::agreement {

// glibc, sysdeps/generic/dl-cache.h: a header of 48 bytes with the number of entries at 20;
// entries of 24 bytes with the offsets of name and path at 4 and 8.
LibraryCache parse_library_cache(std::string_view bytes) {
  constexpr std::string_view magic = "glibc-ld.so.cache1.1";
  if (!bytes.starts_with(magic)) {
    throw Error(Fault::verification, "/etc/ld.so.cache is not in a format known here");
  }
  const std::uint64_t count = number_at(bytes, magic.size(), 4);
  if (count > bytes.size() / 24) {
    throw Error(Fault::verification, "/etc/ld.so.cache is cut short");
  }
  LibraryCache cache;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t entry = 48 + i * 24;
    cache[std::string(text_at(bytes, number_at(bytes, entry + 4, 4)))].emplace_back(
        text_at(bytes, number_at(bytes, entry + 8, 4)));
  }
  return cache;
}

}  // namespace ingot::agreement
