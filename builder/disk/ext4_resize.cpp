// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_resize.hpp"

#include "base/little_endian.hpp"

namespace ingot::disk {

namespace {

constexpr std::uint32_t addresses = ext4_block_size / 4;
constexpr std::size_t double_indirect_at = 13 * 4;
constexpr std::uint64_t direct_blocks = 12;

std::vector<std::uint32_t> copies(const Ext4Geometry& geometry) {
  std::vector<std::uint32_t> groups;
  for (std::uint32_t group = 1; group < geometry.groups; ++group) {
    if (has_superblock(group)) groups.push_back(group);
  }
  return groups;
}

}  // namespace

std::vector<std::uint8_t> resize_map(const Ext4Geometry& geometry) {
  std::vector<std::uint8_t> map(ext4_block_size);
  for (std::uint32_t i = 0; i < geometry.reserved_blocks; ++i) {
    // The slot of a block is that of the descriptors it is kept for.
    const std::uint32_t slot = (geometry.descriptor_blocks + i) % addresses;
    store_le(std::span(map), std::size_t{slot} * 4, 1 + geometry.descriptor_blocks + i);
  }
  return map;
}

std::vector<std::uint8_t> reserved_blocks(const Ext4Geometry& geometry) {
  std::vector<std::uint8_t> bytes(std::size_t{geometry.reserved_blocks} * ext4_block_size);
  const std::vector<std::uint32_t> groups = copies(geometry);
  for (std::uint32_t i = 0; i < geometry.reserved_blocks; ++i) {
    const auto block = std::span(bytes).subspan(std::size_t{i} * ext4_block_size, ext4_block_size);
    for (std::size_t copy = 0; copy < groups.size(); ++copy) {
      const std::uint64_t place =
          geometry.first_block_of(groups[copy]) + 1 + geometry.descriptor_blocks + i;
      store_le(block, copy * 4, static_cast<std::uint32_t>(place));
    }
  }
  return bytes;
}

Ext4Inode resize_inode(const Ext4Geometry& geometry, std::uint64_t map, std::int64_t epoch) {
  Ext4Inode inode;
  inode.mode = ext4_kind_bits(os::FileKind::regular) | 0600;
  inode.size = (direct_blocks + addresses + std::uint64_t{addresses} * addresses) * ext4_block_size;
  inode.mtime = epoch;
  inode.epoch = epoch;
  inode.blocks = 1 + std::uint64_t{geometry.reserved_blocks} * (1 + copies(geometry).size());
  store_le(std::span<std::uint8_t>(inode.block), double_indirect_at,
           static_cast<std::uint32_t>(map));
  return inode;
}

}  // namespace ingot::disk
