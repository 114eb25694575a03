// SPDX-License-Identifier: Apache-2.0
// The dynamic loader's list of libraries, as ldconfig writes it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/little_endian.hpp"

namespace ingot::test {

/// Of names and paths, for every processor.
inline std::string library_cache_text(
    const std::vector<std::pair<std::string, std::string>>& libraries) {
  std::string texts;
  RecordWriter record;
  record.text("glibc-ld.so.cache1.1").u32(static_cast<std::uint32_t>(libraries.size()));
  const std::size_t start = 48 + 24 * libraries.size();
  RecordWriter entries;
  for (const auto& [name, path] : libraries) {
    const auto place = [&](const std::string& text) {
      const auto at = static_cast<std::uint32_t>(start + texts.size());
      texts += text + '\0';
      return at;
    };
    const std::uint32_t name_at = place(name);
    entries.u32(0x303).u32(name_at).u32(place(path)).u32(0).u64(0);
  }
  record.u32(static_cast<std::uint32_t>(texts.size())).zeros(20).raw(entries.bytes()).text(texts);
  return {record.bytes().begin(), record.bytes().end()};
}

}  // namespace ingot::test
