// SPDX-License-Identifier: Apache-2.0
// A list of files as inodes and folders with entries, numbered as a squashfs image will have them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "archive/file_list.hpp"

namespace ingot::disk {

struct SquashfsEntry {
  std::string_view name;
  std::size_t node = 0;  ///< in SquashfsTree::nodes
};

struct SquashfsNode {
  const archive::ListedFile* file = nullptr;  ///< by its first name
  std::uint32_t number = 0;                   ///< of the inode, from 1 on
  std::uint32_t links = 0;
  std::size_t parent = 0;              ///< of folders; the root is its own
  std::vector<SquashfsEntry> entries;  ///< of folders, in byte order of the names
};

struct SquashfsTree {
  std::vector<SquashfsNode> nodes;  ///< folders before what they hold; the root first
};

/// `files` is in order (put_in_order) and outlives the result. Fault::input when a folder is
/// missing, Fault::unsupported for names longer than 256 bytes and device numbers above 32 bits.
SquashfsTree squashfs_tree(const std::vector<archive::ListedFile>& files);

}  // namespace ingot::disk
