// SPDX-License-Identifier: Apache-2.0
#include "run/visible_tree.hpp"

#include <algorithm>

#include "archive/layers.hpp"
#include "crypto/hasher.hpp"
#include "store/entry_index.hpp"

namespace ingot::run {

VisibleTree visible_tree(const std::vector<store::Entry>& lowers,
                         const std::vector<std::string>& hidden, std::int64_t latest_mtime) {
  std::vector<std::vector<archive::ListedFile>> lists;
  for (const store::Entry& lower : lowers) lists.push_back(store::read_index(lower));
  VisibleTree visible;
  std::vector<archive::ListedFile> seen;
  for (archive::MergedFile& merged : archive::merge_layers(lists, latest_mtime)) {
    const std::string& path = merged.file.path;
    const auto within = std::find_if(hidden.begin(), hidden.end(), [&](const std::string& folder) {
      return path.starts_with(folder) &&
             (path.size() == folder.size() || path[folder.size()] == '/');
    });
    if (within == hidden.end())
      seen.push_back(std::move(merged.file));
    else if (path == *within && merged.file.kind == os::FileKind::folder)
      visible.hidden.push_back(path);
    else if (path == *within)
      seen.push_back(std::move(merged.file));  // no folder: nothing can be mounted over it
  }
  crypto::FieldHasher hasher("ingot.visible-tree.v1");
  hasher.field(archive::file_list_text(seen));
  for (const std::string& folder : visible.hidden) hasher.field(folder);
  visible.digest = hasher.finish();
  return visible;
}

}  // namespace ingot::run
