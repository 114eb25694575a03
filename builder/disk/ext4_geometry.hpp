// SPDX-License-Identifier: Apache-2.0
// Where an ext4 file system has its own tables, as a function of its size alone. Terms and rules
// are those of Documentation/filesystems/ext4 of Linux: "Block and Inode Allocation Policy",
// "Flexible Block Groups", "Block Group Descriptors".
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace ingot::disk {

constexpr std::uint32_t ext4_block_size = 4096;
constexpr std::uint32_t ext4_inode_size = 256;
constexpr std::uint32_t ext4_blocks_per_group = 8 * ext4_block_size;
constexpr std::uint32_t ext4_groups_per_flex = 16;
constexpr std::uint32_t ext4_first_inode = 11;  ///< the ten before it are the file system's own

struct BlockRun {
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  std::uint64_t end() const noexcept { return first + count; }
  bool operator==(const BlockRun&) const = default;
};

struct Ext4Geometry {
  std::uint64_t blocks = 0;
  std::uint32_t groups = 0;
  std::uint32_t inodes_per_group = 0;
  std::uint32_t descriptor_blocks = 0;
  std::uint32_t reserved_blocks = 0;  ///< behind the descriptors, for growing
  std::uint32_t journal_blocks = 0;
  std::vector<BlockRun> tables;  ///< what no file can have; ascending, apart from each other

  std::uint64_t inodes() const noexcept { return std::uint64_t{groups} * inodes_per_group; }
  /// What is left for the journal, folders and files.
  std::uint64_t free_blocks() const noexcept;
  std::uint64_t first_block_of(std::uint32_t group) const noexcept {
    return std::uint64_t{group} * ext4_blocks_per_group;
  }
  std::uint32_t blocks_in(std::uint32_t group) const noexcept;
  /// Superblock, group descriptors and the blocks reserved for more of these.
  std::uint32_t head_blocks() const noexcept { return 1 + descriptor_blocks + reserved_blocks; }
  std::uint32_t inode_table_blocks() const noexcept {
    return inodes_per_group * ext4_inode_size / ext4_block_size;
  }
  std::uint64_t block_bitmap_of(std::uint32_t group) const noexcept;
  std::uint64_t inode_bitmap_of(std::uint32_t group) const noexcept;
  std::uint64_t inode_table_of(std::uint32_t group) const noexcept;
  /// The groups whose bitmaps and inode tables lie together with those of `group`.
  std::uint32_t first_of_flex(std::uint32_t group) const noexcept;
  std::uint32_t groups_in_flex(std::uint32_t group) const noexcept;
};

/// sparse_super: groups 0, 1 and the powers of 3, 5 and 7 have a copy of the superblock.
bool has_superblock(std::uint32_t group) noexcept;

/// One inode for each 16 KiB, a journal of 16 MiB below 2 GiB and of 64 MiB above. A rest too
/// small for a group of its own stays unused. Fault::input when the size is too small for any,
/// Fault::unsupported from 16 TiB on.
Ext4Geometry ext4_geometry(Bytes size);

/// The smallest size in whole MiB at which `blocks` for folders and files, and `inodes` of these,
/// fit.
Bytes smallest_ext4(std::uint64_t blocks, std::uint64_t inodes);

}  // namespace ingot::disk
