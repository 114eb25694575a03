// SPDX-License-Identifier: Apache-2.0
// How large a tree is, by folder and by package.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "archive/file_list.hpp"
#include "run/file_owners.hpp"

namespace ingot::run {

/// Bytes of content; a file with several names counts once, under the first.
struct TreeSizes {
  std::uint64_t total = 0;
  /// "/boot", "/usr/lib": folders at the top, and those of /usr.
  std::map<std::string, std::uint64_t> folders;
  /// "" for what no package brought.
  std::map<std::string, std::uint64_t> packages;
};

TreeSizes tree_sizes(const std::vector<archive::ListedFile>& files, const FileOwners& owners);

}  // namespace ingot::run
