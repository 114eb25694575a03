// SPDX-License-Identifier: Apache-2.0
#include "disk/tree_size.hpp"

#include <map>
#include <set>
#include <string>

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
    if (entry.kind == os::FileKind::regular) {
      size.content.count += round_up(entry.size, block);
    } else if (entry.kind == os::FileKind::folder) {
      folders.try_emplace(entry.path, 0);
    } else if (entry.kind == os::FileKind::link && entry.target.size() >= 60) {
      size.content.count += block;
    }
  });
  for (const auto& [path, records] : folders) {
    size.content.count += round_up(records + 24, block);
  }
  return size;
}

Bytes root_size_for(const TreeSize& tree) {
  // Journal, descriptors kept for growing, lost+found; then inode tables (1/64), the reserve of
  // one per cent, and a tenth of free space.
  constexpr Bytes fixed = 96_MiB;
  const std::uint64_t with_tables = (tree.content + fixed).count / 100 * 114;
  const std::uint64_t for_inodes = tree.inodes * 16384;
  return {round_up(with_tables > for_inodes ? with_tables : for_inodes, alignment)};
}

Bytes disk_size_for(const TreeSize& tree, Bytes esp_size) {
  return {2 * alignment + round_up(esp_size.count, alignment) + root_size_for(tree).count};
}

}  // namespace ingot::disk
