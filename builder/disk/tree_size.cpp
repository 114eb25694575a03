// SPDX-License-Identifier: Apache-2.0
#include "disk/tree_size.hpp"

#include <map>
#include <set>
#include <string>

#include "disk/ext4_geometry.hpp"
#include "disk/ext4_xattr.hpp"
#include "disk/partition.hpp"
#include "os/tree.hpp"

namespace ingot::disk {

namespace {

constexpr std::uint64_t block = 4096;

/// A directory record: inode, lengths, kind, then the name, in steps of four.
std::uint64_t record_size(const std::string& path) {
  const std::size_t name = path.size() - (path.rfind('/') + 1);
  return 8 + round_up(name, 4);
}

/// Blocks of a folder with that many bytes of records: a hash tree whose leaves each miss less than
/// the largest record, and the blocks of its index.
std::uint64_t folder_blocks(std::uint64_t records) {
  constexpr std::uint64_t own = 24;   // "." and ".."
  constexpr std::uint64_t tail = 12;  // holds a checksum
  constexpr std::uint64_t largest = 264;
  if (records + own + tail <= block) return 1;
  const std::uint64_t leaves = records / (block - tail - largest) + 1;
  return leaves + 2 + leaves / 500;
}

/// A file of many runs lists them outside of its inode: tables of groups and the longest run cut
/// it at most once in 64 MiB.
std::uint64_t extent_blocks(std::uint64_t size) {
  return size / (64_MiB).count / 300 + (size > (64_MiB).count ? 1 : 0);
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

TreeSize measure_tree(const std::filesystem::path& tree) {
  TreeSize size;
  std::set<std::uint64_t> linked;
  std::map<std::string, std::uint64_t> folders;
  os::walk_tree(tree, [&](const os::TreeEntry& entry, const auto&) {
    if (entry.path != ".") {
      folders[parent_of(entry.path)] += record_size(entry.path);
    }
    const bool counted =
        entry.kind != os::FileKind::folder && entry.links > 1 && !linked.insert(entry.inode).second;
    if (counted) {
      return;
    }
    ++size.inodes;
    if (!ext4_attributes(entry.xattrs).block.empty()) size.content.count += block;
    if (entry.kind == os::FileKind::regular) {
      size.content.count += round_up(entry.size, block) + extent_blocks(entry.size) * block;
    } else if (entry.kind == os::FileKind::folder) {
      folders.try_emplace(entry.path, 0);
    } else if (entry.kind == os::FileKind::link && entry.target.size() >= 60) {
      size.content.count += block;
    }
  });
  for (const auto& [path, records] : folders) {
    size.content.count += folder_blocks(records) * block;
  }
  return size;
}

Bytes root_size_for(const TreeSize& tree) {
  constexpr std::uint64_t own_blocks = 5;  // of lost+found and the resize inode
  const std::uint64_t blocks = tree.content.count / block + own_blocks;
  return smallest_ext4(blocks + blocks / 10, tree.inodes);
}

Bytes disk_size_for(const TreeSize& tree, Bytes esp_size) {
  return {2 * alignment + round_up(esp_size.count, alignment) + root_size_for(tree).count};
}

}  // namespace ingot::disk
