// SPDX-License-Identifier: Apache-2.0
// The checksums of metadata_csum: which bytes, in which order, count for each kind of block.
// Documentation/filesystems/ext4: "Checksums".
#pragma once

#include <cstdint>
#include <span>

#include "disk/guid.hpp"

namespace ingot::disk {

class Ext4Checksum {
public:
  explicit Ext4Checksum(const Guid& file_system);

  /// Of a bitmap; of inodes only the bytes that stand for inodes.
  std::uint32_t of_bitmap(std::span<const std::uint8_t> bytes) const;
  /// Of a group descriptor whose checksum field is zero.
  std::uint16_t of_descriptor(std::uint32_t group, std::span<const std::uint8_t> record) const;
  /// Of an inode whose checksum fields are zero.
  std::uint32_t of_inode(std::uint32_t inode, std::span<const std::uint8_t> record) const;
  /// Of an external attribute block whose checksum field is zero.
  std::uint32_t of_attributes(std::uint64_t block, std::span<const std::uint8_t> bytes) const;
  /// What the checksums of an inode's folder and extent blocks are continued from.
  std::uint32_t seed_of(std::uint32_t inode) const;

private:
  std::uint32_t seed_;
};

/// Of a superblock: all bytes before its checksum field, which is its last.
std::uint32_t superblock_checksum(std::span<const std::uint8_t> record);

}  // namespace ingot::disk
