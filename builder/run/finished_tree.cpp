// SPDX-License-Identifier: Apache-2.0
#include "run/finished_tree.hpp"

#include "store/entry_index.hpp"

namespace ingot::run {

const std::vector<archive::MergedFile>& FinishedTree::files() {
  const std::scoped_lock lock(mutex_);
  if (!files_) {
    std::vector<std::vector<archive::ListedFile>> lists;
    for (const store::Entry& layer : layers_) lists.push_back(store::read_index(layer));
    files_ = archive::merge_layers(lists, latest_mtime_);
  }
  return *files_;
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
