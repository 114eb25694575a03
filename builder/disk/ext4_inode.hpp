// SPDX-License-Identifier: Apache-2.0
// The record of one inode. Documentation/filesystems/ext4: "Index Nodes".
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "archive/file_list.hpp"
#include "disk/ext4_checksum.hpp"
#include "disk/ext4_extent.hpp"

namespace ingot::disk {

constexpr std::uint32_t ext4_extents_flag = 0x80000;
constexpr std::uint32_t ext4_index_flag = 0x1000;

struct Ext4Inode {
  std::uint32_t mode = 0;  ///< with the kind
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint32_t links = 1;
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
  std::int64_t epoch = 0;    ///< access, change and birth; no modification is later
  std::uint64_t blocks = 0;  ///< of 4 KiB, with those of attributes and of the extent tree
  std::uint32_t flags = 0;
  Ext4BlockField block{};
  std::uint64_t attribute_block = 0;
  std::span<const std::uint8_t> attributes = {};  ///< in the inode
};

/// The bits of a mode that tell the kind.
std::uint32_t ext4_kind_bits(os::FileKind kind);

/// Times are in whole seconds, from 1901 to 2446 as the format has them: what lies outside becomes
/// the nearest.
std::vector<std::uint8_t> inode_record(const Ext4Inode& inode, std::uint32_t number,
                                       const Ext4Checksum& checksum);

/// The block field of a device file: 16 bits where the numbers fit ("old"), else 32.
/// Fault::input for numbers beyond 12 and 20 bits.
Ext4BlockField device_field(std::uint64_t major, std::uint64_t minor);

}  // namespace ingot::disk
