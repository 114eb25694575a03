// SPDX-License-Identifier: Apache-2.0
// A list of files as the inodes and folder records of a file system: who is who, and who lies in
// which folder.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "archive/file_list.hpp"
#include "disk/ext4_directory.hpp"

namespace ingot::disk {

constexpr std::uint32_t ext4_root_inode = 2;

struct Ext4Node {
  const archive::ListedFile* file = nullptr;
  std::uint32_t inode = 0;
  std::uint32_t parent = 0;                   ///< inode of a folder's folder
  std::uint32_t links = 0;                    ///< as the inode counts them
  std::vector<DirectoryRecord> records = {};  ///< of a folder
};

struct Ext4Tree {
  std::vector<Ext4Node> nodes;  ///< the root, lost+found, then all others as listed

  /// Where fsck puts what it finds; not of the list when that has none.
  std::unique_ptr<archive::ListedFile> lost_and_found;
};

/// Numbers are given in the order of the list, which is that of put_in_order(). Names and files
/// are referred to: `files` must outlive the result. Fault::input for what ext4 does not have:
/// names of more than 255 bytes, more than 65000 names for one file, ids beyond 32 bits, links
/// without or with 4096 bytes of target; for a list without root, or with files in no folder of it.
Ext4Tree ext4_tree(const std::vector<archive::ListedFile>& files, std::int64_t epoch);

}  // namespace ingot::disk
