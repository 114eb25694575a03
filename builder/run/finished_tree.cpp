// SPDX-License-Identifier: Apache-2.0
#include "run/finished_tree.hpp"

#include <fcntl.h>

#include "base/error.hpp"
#include "store/entry_index.hpp"

namespace ingot::run {

const std::vector<archive::ListedFile>& FinishedTree::files() {
  const std::scoped_lock lock(mutex_);
  if (files_) return *files_;
  std::vector<std::vector<archive::ListedFile>> lists;
  for (const store::Entry& layer : layers_) lists.push_back(store::read_index(layer));
  files_.emplace();
  for (archive::MergedFile& merged : archive::merge_layers(lists, latest_mtime_)) {
    if (merged.file.kind == os::FileKind::regular) layer_of_[merged.file.path] = merged.layer;
    files_->push_back(std::move(merged.file));
  }
  return *files_;
}

os::Fd FinishedTree::open(const archive::ListedFile& file) {
  files();  // what follows only reads
  const auto layer = layer_of_.find(file.path);
  if (layer == layer_of_.end())
    throw Error(Fault::internal, file.path + " is no file of the tree (this is a bug)");
  return os::open_file(layers_[layer->second].root / file.path, O_RDONLY | O_NOFOLLOW);
}

const std::filesystem::path& FinishedTree::mounted() {
  const std::scoped_lock lock(mutex_);
  if (!mount_) {
    os::SandboxRoot root;
    for (const store::Entry& layer : layers_) root.lowers.push_back(layer.root);
    std::filesystem::create_directory(place_);
    mount_.emplace(root, place_);
  }
  return place_;
}

}  // namespace ingot::run
