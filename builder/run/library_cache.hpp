// SPDX-License-Identifier: Apache-2.0
// The dynamic loader's list of libraries, /etc/ld.so.cache.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::run {

struct CachedLibrary {
  std::string name;  ///< "libc.so.6"
  std::string path;
  std::uint32_t flags = 0;
  std::uint64_t hwcap = 0;  ///< not 0: for some processors only
};

/// In the order of the file. Nothing for another format, or when it is cut or damaged. Source:
/// sysdeps/generic/dl-cache.h of glibc, "glibc-ld.so.cache" version 1.1.
std::optional<std::vector<CachedLibrary>> parse_library_cache(std::string_view bytes);

}  // namespace ingot::run
