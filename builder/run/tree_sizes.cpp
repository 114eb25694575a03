// SPDX-License-Identifier: Apache-2.0
#include "run/tree_sizes.hpp"

namespace ingot::run {
namespace {

std::string folder_label(const std::string& path) {
  std::size_t end = path.find('/');
  if (end == std::string::npos) return "/";
  if (path.substr(0, end) == "usr") {
    const std::size_t next = path.find('/', end + 1);
    if (next != std::string::npos) end = next;
  }
  return "/" + path.substr(0, end);
}

}  // namespace

TreeSizes tree_sizes(const std::vector<archive::ListedFile>& files, const FileOwners& owners) {
  TreeSizes sizes;
  for (const archive::ListedFile& file : files) {
    if (file.kind != os::FileKind::regular || !file.hard_link.empty()) continue;
    const auto owner = owners.find(file.path);
    sizes.total += file.size;
    sizes.folders[folder_label(file.path)] += file.size;
    sizes.packages[owner == owners.end() ? "" : owner->second] += file.size;
  }
  return sizes;
}

}  // namespace ingot::run
