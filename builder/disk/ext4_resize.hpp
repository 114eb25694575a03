// SPDX-License-Identifier: Apache-2.0
// The resize inode: it owns the blocks that are kept behind the group descriptors, so that a
// growing file system finds them free. It is a file with block maps: its double indirect block
// lists the reserved blocks of group 0, each of which lists those at the same place of the copies.
// Documentation/filesystems/ext4: "Special inodes", "Direct/Indirect Block Addressing".
#pragma once

#include <cstdint>
#include <vector>

#include "disk/ext4_geometry.hpp"
#include "disk/ext4_inode.hpp"

namespace ingot::disk {

constexpr std::uint32_t ext4_resize_inode = 7;

/// The double indirect block.
std::vector<std::uint8_t> resize_map(const Ext4Geometry& geometry);

/// The reserved blocks of group 0, one after the other.
std::vector<std::uint8_t> reserved_blocks(const Ext4Geometry& geometry);

/// The inode, whose double indirect block lies at `map`.
Ext4Inode resize_inode(const Ext4Geometry& geometry, std::uint64_t map, std::int64_t epoch);

}  // namespace ingot::disk
