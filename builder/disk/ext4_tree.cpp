// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_tree.hpp"

#include <limits>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/format.hpp"
#include "disk/ext4_geometry.hpp"

namespace ingot::disk {

namespace {

using archive::ListedFile;

constexpr std::string_view root_path = ".";
constexpr std::string_view lost_path = "lost+found";
constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_target = ext4_block_size - 1;
constexpr std::uint32_t most_links = 65000;

struct Path {
  std::string_view folder;
  std::string_view name;
};

Path split_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {root_path, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

[[noreturn]] void refuse(const ListedFile& file, std::string_view reason) {
  throw Error(Fault::input, format("{}: {}", archive::escaped_path(file.path), reason));
}

void check(const ListedFile& file) {
  const std::string_view name = split_path(file.path).name;
  const bool root = file.path == root_path;
  if (name.size() > longest_name) refuse(file, "ext4 has names of at most 255 bytes");
  if (name.empty() || (!root && name == ".") || name == ".." ||
      name.find('\0') != std::string_view::npos) {
    refuse(file, "this is no path of a file");
  }
  constexpr std::uint64_t highest_id = std::numeric_limits<std::uint32_t>::max();
  if (file.uid > highest_id || file.gid > highest_id) {
    refuse(file, "ext4 has owners of 32 bits only");
  }
  const bool link = file.kind == os::FileKind::link;
  if (link && (file.target.empty() || file.target.size() > longest_target)) {
    refuse(file, format("ext4 has links with 1 to 4095 bytes of target, this has {}",
                        file.target.size()));
  }
}

class TreeBuilder {
public:
  TreeBuilder(const std::vector<ListedFile>& files, std::int64_t epoch) : files_(files) {
    tree_.lost_and_found = std::make_unique<ListedFile>();
    ListedFile& lost = *tree_.lost_and_found;
    lost.path = lost_path;
    lost.kind = os::FileKind::folder;
    lost.mode = 0700;
    lost.mtime = epoch;
  }

  Ext4Tree result() {
    number();
    bool lost_is_listed = false;
    for (const ListedFile& file : files_) {
      lost_is_listed = lost_is_listed || file.path == lost_path;
      if (file.path != root_path) enter(file);
    }
    if (!lost_is_listed) enter(*tree_.lost_and_found);
    count_links();
    return std::move(tree_);
  }

private:
  void number() {
    tree_.nodes.resize(2);
    tree_.nodes[1].file = tree_.lost_and_found.get();
    tree_.nodes.reserve(files_.size() + 2);
    const ListedFile* before = nullptr;
    for (const ListedFile& file : files_) {
      if (before != nullptr && !(before->path < file.path)) {
        throw Error(Fault::internal, "a list of files is not in order; this is a bug in ingot");
      }
      before = &file;
      check(file);
      if (!file.hard_link.empty()) continue;
      const std::size_t place = place_of(file);
      tree_.nodes[place].file = &file;
      by_path_.emplace(file.path, place);
    }
    if (tree_.nodes[0].file == nullptr || tree_.nodes[0].file->kind != os::FileKind::folder) {
      throw Error(Fault::input, "a list of files has no folder as its root");
    }
    if (tree_.nodes[1].file->kind != os::FileKind::folder) {
      refuse(*tree_.nodes[1].file, "ext4 keeps this name for a folder");
    }
    by_path_.emplace(lost_path, 1);
    if (tree_.nodes.size() > std::numeric_limits<std::uint32_t>::max() - ext4_first_inode) {
      throw Error(Fault::unsupported, "more files than ext4 has inodes");
    }
    for (std::size_t i = 0; i < tree_.nodes.size(); ++i) {
      tree_.nodes[i].inode =
          i == 0 ? ext4_root_inode : ext4_first_inode + static_cast<std::uint32_t>(i) - 1;
    }
    tree_.nodes[0].parent = ext4_root_inode;
  }

  std::size_t place_of(const ListedFile& file) {
    if (file.path == root_path) return 0;
    if (file.path == lost_path) return 1;
    tree_.nodes.emplace_back();
    return tree_.nodes.size() - 1;
  }

  Ext4Node& node_of(const ListedFile& file) {
    const std::string_view path = file.hard_link.empty() ? file.path : file.hard_link;
    const auto found = by_path_.find(path);
    if (found == by_path_.end()) refuse(file, "the first of its names is not in the list");
    Ext4Node& node = tree_.nodes[found->second];
    if (!file.hard_link.empty() && node.file->kind == os::FileKind::folder) {
      refuse(file, "a folder cannot have a further name");
    }
    return node;
  }

  void enter(const ListedFile& file) {
    const Path path = split_path(file.path);
    // A list names folders before what they hold, so most files lie where the last one lay.
    if (folder_ == nullptr || path.folder != folder_path_) {
      const auto found = by_path_.find(path.folder);
      if (found == by_path_.end()) refuse(file, "its folder is not in the list");
      folder_ = &tree_.nodes[found->second];
      folder_path_ = path.folder;
      if (folder_->file->kind != os::FileKind::folder) refuse(file, "it lies in no folder");
    }
    Ext4Node& node = node_of(file);
    folder_->records.push_back({path.name, node.inode, node.file->kind});
    if (node.file->kind == os::FileKind::folder) {
      node.parent = folder_->inode;
      ++folder_->links;  // its ".."
    } else if (++node.links > most_links) {
      refuse(*node.file, format("ext4 has at most {} names for one file", most_links));
    }
  }

  void count_links() {
    for (Ext4Node& node : tree_.nodes) {
      if (node.file->kind != os::FileKind::folder) continue;
      node.links += 2;
      // dir_nlink: one stands for more than can be counted.
      if (node.links > most_links) node.links = 1;
    }
  }

  const std::vector<ListedFile>& files_;
  Ext4Tree tree_;
  std::unordered_map<std::string_view, std::size_t> by_path_;
  Ext4Node* folder_ = nullptr;
  std::string_view folder_path_;
};

}  // namespace

Ext4Tree ext4_tree(const std::vector<ListedFile>& files, std::int64_t epoch) {
  return TreeBuilder(files, epoch).result();
}

}  // namespace ingot::disk
