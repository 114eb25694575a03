// SPDX-License-Identifier: Apache-2.0
// Reads /etc/ld.so.cache, so that a library is found as the dynamic linker will find it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "file.hpp"

namespace ingot::selftest {

struct CachedLibrary {
  std::uint32_t flags = 0;
  std::string name;  ///< soname
  std::string path;
};

/// The entries of a cache of format glibc-ld.so.cache1.1, in the linker's order. Throws Broken.
std::vector<CachedLibrary> parse_library_cache(Octets bytes);

/// Whether an entry is for programs of this Debian architecture.
bool fits(const CachedLibrary& library, std::string_view architecture);

}  // namespace ingot::selftest
