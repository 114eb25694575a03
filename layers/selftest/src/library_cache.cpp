// SPDX-License-Identifier: Apache-2.0
#include "library_cache.hpp"

#include <algorithm>

#include "broken.hpp"
#include "little_endian.hpp"

namespace ingot::selftest {

namespace {

constexpr const char* cache_file = "ld.so.cache";

std::string text_at(Octets cache, std::uint32_t offset) {
  if (offset >= cache.size()) throw Broken("ld.so.cache is cut short");
  const Octets rest = cache.subspan(offset);
  const auto end = std::find(rest.begin(), rest.end(), std::byte{0});
  if (end == rest.end()) throw Broken("ld.so.cache is cut short");
  std::string text;
  for (auto byte = rest.begin(); byte != end; ++byte) text += std::to_integer<char>(*byte);
  return text;
}

}  // namespace

std::vector<CachedLibrary> parse_library_cache(Octets bytes) {
  // Header: 20 bytes magic and version, count, length of strings, flags, 15 bytes we do not need.
  // Entry: flags, name, path (offsets from the magic), osversion, hwcap; 24 bytes.
  constexpr std::string_view magic = "glibc-ld.so.cache1.1";
  constexpr std::uint64_t header_size = 48;
  constexpr std::uint64_t entry_size = 24;
  const Octets pattern = octets_of(magic);
  // An older format may stand in front; the magic says where the present one begins.
  const auto found = std::search(bytes.begin(), bytes.end(), pattern.begin(), pattern.end());
  if (found == bytes.end()) throw Broken("ld.so.cache is not of format glibc-ld.so.cache1.1");
  const Octets cache = bytes.subspan(static_cast<std::size_t>(found - bytes.begin()));
  const auto count = little_endian<std::uint32_t>(cache, 20, cache_file);
  slice(cache, header_size, count * entry_size, cache_file);
  std::vector<CachedLibrary> libraries;
  libraries.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Octets entry = slice(cache, header_size + i * entry_size, entry_size, cache_file);
    libraries.push_back(
        {.flags = little_endian<std::uint32_t>(entry, 0, cache_file),
         .name = text_at(cache, little_endian<std::uint32_t>(entry, 4, cache_file)),
         .path = text_at(cache, little_endian<std::uint32_t>(entry, 8, cache_file))});
  }
  return libraries;
}

bool fits(const CachedLibrary& library, std::string_view architecture) {
  // sysdeps/generic/ldconfig.h: 3 is "ELF for libc6"; the next byte is the architecture.
  if ((library.flags & 0xffU) != 3) return false;
  const std::uint32_t kind = library.flags & 0xff00U;
  if (architecture == "amd64") return kind == 0x0300;
  if (architecture == "arm64") return kind == 0x0a00;
  return true;
}

}  // namespace ingot::selftest
