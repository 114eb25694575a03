// SPDX-License-Identifier: Apache-2.0
// The superblock with what ingot's file systems are, and the descriptors of block groups.
// Documentation/filesystems/ext4: "Super Block", "Block Group Descriptors".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "disk/ext4_checksum.hpp"
#include "disk/ext4_extent.hpp"
#include "disk/ext4_geometry.hpp"
#include "disk/guid.hpp"

namespace ingot::disk {

constexpr std::uint32_t ext4_journal_inode = 8;

struct Ext4Superblock {
  Guid id;
  Guid hash_seed;
  std::string label;  ///< at most 16 bytes
  std::int64_t epoch = 0;
  std::uint64_t free_blocks = 0;
  std::uint64_t free_inodes = 0;
  Ext4BlockField journal_root{};  ///< kept twice, so that a damaged inode 8 loses no journal
};

/// 1024 bytes: the superblock of `group`. Copies are not marked as clean, as whoever has to use one
/// should check the file system.
std::vector<std::uint8_t> superblock_record(const Ext4Superblock& super,
                                            const Ext4Geometry& geometry, std::uint32_t group);

struct Ext4GroupUse {
  std::uint32_t free_blocks = 0;
  std::uint32_t free_inodes = 0;
  std::uint32_t folders = 0;
  bool blocks_in_use = true;  ///< else the bitmap is not written, as it follows from the geometry
  std::uint32_t block_bitmap_sum = 0;
  std::uint32_t inode_bitmap_sum = 0;
};

/// 64 bytes. Inodes are used from the first on; a group without any has no bitmap of them.
std::vector<std::uint8_t> descriptor_record(const Ext4GroupUse& use, const Ext4Geometry& geometry,
                                            std::uint32_t group, const Ext4Checksum& checksum);

}  // namespace ingot::disk
