// SPDX-License-Identifier: Apache-2.0
#include "agreement/tree_index.hpp"

namespace ingot::agreement {

TreeIndex::TreeIndex(const std::filesystem::path& root) : root_(root) {
  os::walk_tree(root, [&](const os::TreeEntry& entry, const auto&) {
    entries_.emplace(
        entry.path,
        Entry{.kind = entry.kind, .mode = entry.mode, .size = entry.size, .target = entry.target});
  });
}

const Entry* TreeIndex::find(std::string_view path) const {
  const auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : &found->second;
}

std::vector<std::string> TreeIndex::paths_below(std::string_view folder) const {
  const std::string prefix = std::string(folder) + "/";
  std::vector<std::string> paths;
  for (auto at = entries_.lower_bound(prefix);
       at != entries_.end() && at->first.starts_with(prefix); ++at) {
    paths.push_back(at->first);
  }
  return paths;
}

std::vector<std::string> TreeIndex::names_in(std::string_view folder) const {
  std::vector<std::string> names;
  for (const std::string& path : paths_below(folder)) {
    const std::string rest = path.substr(folder.size() + 1);
    if (rest.find('/') == std::string::npos) names.push_back(rest);
  }
  return names;
}

bool TreeIndex::is_program(std::string_view path) const {
  const auto end = root_.resolved(path);
  const Entry* entry = end ? find(*end) : nullptr;
  return entry != nullptr && entry->kind == os::FileKind::regular && (entry->mode & 0111U) != 0;
}

std::string_view name_in(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace ingot::agreement
