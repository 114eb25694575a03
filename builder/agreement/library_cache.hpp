// SPDX-License-Identifier: Apache-2.0
// The dynamic loader's cache: which file each library name stands for.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::agreement {

/// Library name to absolute paths, in the loader's order.
using LibraryCache = std::map<std::string, std::vector<std::string>, std::less<>>;

/// /etc/ld.so.cache in glibc's new format; Fault::verification for anything else.
LibraryCache parse_library_cache(std::string_view bytes);

}  // namespace ingot::agreement
