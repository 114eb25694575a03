// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_tree.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "archive/file_lookup.hpp"
#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::disk {
namespace {

constexpr std::size_t longest_name = 256;
constexpr std::size_t longest_target = 65535;

void check(const archive::ListedFile& file, std::string_view name) {
  const auto refuse = [&](std::string_view why) {
    throw Error(Fault::unsupported,
                format("squashfs cannot hold {}: {}", archive::escaped_path(file.path), why));
  };
  constexpr std::uint64_t largest_id = std::numeric_limits<std::uint32_t>::max();
  if (name.size() > longest_name) refuse("its name has more than 256 bytes");
  if (file.uid > largest_id || file.gid > largest_id) refuse("its owner has more than 32 bits");
  if (file.target.size() > longest_target) refuse("where it leads is too long");
  if (file.device_major >= 1U << 12 || file.device_minor >= 1U << 20)
    refuse("its device number has more than 32 bits");
}

class Builder {
public:
  explicit Builder(const std::vector<archive::ListedFile>& files) : files_(files) {}

  SquashfsTree run() {
    // Names that begin with a byte below the dot are in front of it.
    const auto root = std::find_if(files_.begin(), files_.end(), [](const auto& file) {
      return file.path == "." && file.kind == os::FileKind::folder;
    });
    if (root == files_.end()) throw Error(Fault::input, "the list of files has no folder \".\"");
    tree_.nodes.reserve(files_.size());
    add(*root);
    for (auto file = files_.begin(); file != files_.end(); ++file)
      if (file != root) add(*file);
    number();
    return std::move(tree_);
  }

private:
  void add(const archive::ListedFile& file) {
    const bool root = file.path == ".";
    const std::string_view name = root ? std::string_view() : archive::last_name(file.path);
    check(file, name);
    const std::size_t node = node_of(file);
    tree_.nodes[node].links += 1;
    if (root) return;
    const auto parent = folders_.find(archive::folder_of(file.path));
    if (parent == folders_.end()) {
      throw Error(Fault::input,
                  format("the list has no folder that holds {}", archive::escaped_path(file.path)));
    }
    tree_.nodes[parent->second].entries.push_back({name, node});
    if (file.kind == os::FileKind::folder) {
      tree_.nodes[node].parent = parent->second;
      tree_.nodes[parent->second].links += 1;
    }
  }

  /// A folder counts its own name and "."; and ".." of each inside, as add() says.
  std::size_t node_of(const archive::ListedFile& file) {
    if (!file.hard_link.empty()) {
      const auto first = firsts_.find(file.hard_link);
      if (first == firsts_.end()) {
        throw Error(Fault::input, format("{} is a further name of {}, which is not in front of it",
                                         archive::escaped_path(file.path),
                                         archive::escaped_path(file.hard_link)));
      }
      return first->second;
    }
    const std::size_t node = tree_.nodes.size();
    tree_.nodes.push_back({&file, 0, 0, 0, {}});
    if (file.kind == os::FileKind::folder) {
      folders_.emplace(file.path, node);
      tree_.nodes[node].links = 1;
    } else if (file.links > 1) {
      firsts_.emplace(file.path, node);
    }
    return node;
  }

  /// What one folder holds has numbers one after another, so that entries can tell them in short.
  void number() {
    std::uint32_t last = 0;
    tree_.nodes.front().number = ++last;
    for (const SquashfsNode& folder : tree_.nodes) {
      for (const SquashfsEntry& entry : folder.entries) {
        SquashfsNode& node = tree_.nodes[entry.node];
        if (node.number == 0) node.number = ++last;
      }
    }
  }

  const std::vector<archive::ListedFile>& files_;
  SquashfsTree tree_;
  std::unordered_map<std::string_view, std::size_t> folders_;
  std::unordered_map<std::string_view, std::size_t> firsts_;
};

}  // namespace

SquashfsTree squashfs_tree(const std::vector<archive::ListedFile>& files) {
  return Builder(files).run();
}

}  // namespace ingot::disk
