// SPDX-License-Identifier: Apache-2.0
#include "run/visible_tree.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "archive/layers.hpp"
#include "crypto/hasher.hpp"
#include "store/entry_index.hpp"

namespace ingot::run {
namespace {

/// The part of `path` that is the folder `name` means, or that begins so; "" when it lies
/// elsewhere.
std::string_view hidden_part(std::string_view path, std::string_view name) {
  const bool open_end = name.ends_with('*');
  if (open_end) name.remove_suffix(1);
  if (!path.starts_with(name)) return {};
  const std::size_t end = std::min(path.find('/', name.size()), path.size());
  return open_end || end == name.size() ? path.substr(0, end) : std::string_view();
}

}  // namespace

VisibleTree visible_tree(const std::vector<store::Entry>& lowers,
                         const std::vector<std::string>& hidden, std::int64_t latest_mtime) {
  std::vector<std::vector<archive::ListedFile>> lists;
  for (const store::Entry& lower : lowers) lists.push_back(store::read_index(lower));
  VisibleTree visible;
  std::vector<archive::ListedFile> seen;
  for (archive::MergedFile& merged : archive::merge_layers(lists, latest_mtime)) {
    const std::string& path = merged.file.path;
    std::string_view folder;
    for (const std::string& name : hidden)
      if (folder.empty()) folder = hidden_part(path, name);
    if (folder.empty())
      seen.push_back(std::move(merged.file));
    else if (path == folder && merged.file.kind == os::FileKind::folder)
      visible.hidden.push_back(path);
    else if (path == folder)
      seen.push_back(std::move(merged.file));  // no folder: nothing can be mounted over it
  }
  crypto::FieldHasher hasher("ingot.visible-tree.v1");
  hasher.field(archive::file_list_text(seen));
  for (const std::string& folder : visible.hidden) hasher.field(folder);
  visible.digest = hasher.finish();
  visible.files = std::move(seen);
  return visible;
}

}  // namespace ingot::run
