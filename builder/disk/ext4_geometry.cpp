// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_geometry.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::disk {

namespace {

constexpr std::uint64_t mib = 1ULL << 20;
constexpr std::uint64_t bytes_per_inode = 16384;
constexpr std::uint32_t descriptors_per_block = ext4_block_size / 64;
constexpr std::uint32_t inodes_per_block = ext4_block_size / ext4_inode_size;
constexpr std::uint64_t addresses_per_block = ext4_block_size / 4;
constexpr std::uint64_t largest_block = 0xffffffffU;  // of a file system with a resize inode
// A last group that has less room than this beside its own tables is not worth having.
constexpr std::uint64_t least_use_of_group = 50;

std::uint64_t divided_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit;
}

bool is_power_of(std::uint32_t base, std::uint32_t number) {
  while (number % base == 0) number /= base;
  return number == 1;
}

/// Descriptor blocks for a file system of 1024 times the size, as far as block numbers of 32 bits
/// and one block of addresses reach.
std::uint32_t reserved_for_growing(std::uint64_t blocks, std::uint32_t descriptor_blocks) {
  const std::uint64_t most = blocks < largest_block / 1024 ? blocks * 1024 : largest_block;
  const std::uint64_t wanted =
      divided_up(divided_up(most, ext4_blocks_per_group), descriptors_per_block);
  return static_cast<std::uint32_t>(std::min(wanted - descriptor_blocks, addresses_per_block));
}

void set_groups(Ext4Geometry& geometry) {
  geometry.groups = static_cast<std::uint32_t>(divided_up(geometry.blocks, ext4_blocks_per_group));
  geometry.descriptor_blocks =
      static_cast<std::uint32_t>(divided_up(geometry.groups, descriptors_per_block));
  geometry.reserved_blocks = reserved_for_growing(geometry.blocks, geometry.descriptor_blocks);
  const std::uint64_t inodes = geometry.blocks * ext4_block_size / bytes_per_inode;
  geometry.inodes_per_group = static_cast<std::uint32_t>(std::max<std::uint64_t>(
      round_up(divided_up(inodes, geometry.groups), inodes_per_block), 2 * inodes_per_block));
}

std::uint64_t own_tables(const Ext4Geometry& geometry, std::uint32_t group) {
  return 2 + geometry.inode_table_blocks() + (has_superblock(group) ? geometry.head_blocks() : 0);
}

void set_tables(Ext4Geometry& geometry) {
  for (std::uint32_t group = 0; group < geometry.groups; ++group) {
    BlockRun run{geometry.first_block_of(group),
                 has_superblock(group) ? geometry.head_blocks() : 0};
    if (group == geometry.first_of_flex(group)) {
      run.count +=
          std::uint64_t{geometry.groups_in_flex(group)} * (2 + geometry.inode_table_blocks());
    }
    if (run.count != 0) geometry.tables.push_back(run);
  }
}

}  // namespace

bool has_superblock(std::uint32_t group) noexcept {
  return group <= 1 || is_power_of(3, group) || is_power_of(5, group) || is_power_of(7, group);
}

std::uint64_t Ext4Geometry::free_blocks() const noexcept {
  std::uint64_t free = blocks;
  for (const BlockRun& run : tables) free -= run.count;
  return free;
}

std::uint32_t Ext4Geometry::blocks_in(std::uint32_t group) const noexcept {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(ext4_blocks_per_group, blocks - first_block_of(group)));
}

std::uint32_t Ext4Geometry::first_of_flex(std::uint32_t group) const noexcept {
  return group / ext4_groups_per_flex * ext4_groups_per_flex;
}

std::uint32_t Ext4Geometry::groups_in_flex(std::uint32_t group) const noexcept {
  return std::min(ext4_groups_per_flex, groups - first_of_flex(group));
}

std::uint64_t Ext4Geometry::block_bitmap_of(std::uint32_t group) const noexcept {
  const std::uint32_t first = first_of_flex(group);
  return first_block_of(first) + (has_superblock(first) ? head_blocks() : 0) + (group - first);
}

std::uint64_t Ext4Geometry::inode_bitmap_of(std::uint32_t group) const noexcept {
  return block_bitmap_of(group) + groups_in_flex(group);
}

std::uint64_t Ext4Geometry::inode_table_of(std::uint32_t group) const noexcept {
  const std::uint32_t first = first_of_flex(group);
  return inode_bitmap_of(first) + groups_in_flex(group) +
         std::uint64_t{group - first} * inode_table_blocks();
}

Ext4Geometry ext4_geometry(Bytes size) {
  Ext4Geometry geometry;
  geometry.blocks = size.count / ext4_block_size;
  if (geometry.blocks > largest_block) {
    throw Error(Fault::unsupported,
                format("a root partition of {} is larger than 16 TiB", human(size)));
  }
  geometry.journal_blocks = (size < 2_GiB ? 16 : 64) * mib / ext4_block_size;
  constexpr std::uint64_t smallest_group = 256;
  while (geometry.blocks >= smallest_group) {
    set_groups(geometry);
    const std::uint64_t rest = geometry.blocks % ext4_blocks_per_group;
    const bool whole =
        rest == 0 || rest >= own_tables(geometry, geometry.groups - 1) + least_use_of_group;
    if (whole) {
      set_tables(geometry);
      return geometry;
    }
    geometry.blocks -= rest;
  }
  throw Error(Fault::input, format("a root partition of {} KiB is too small for an ext4: give it "
                                   "128 MiB or more",
                                   size.count >> 10));
}

Bytes smallest_ext4(std::uint64_t blocks, std::uint64_t inodes) {
  constexpr std::uint64_t least = 32 * mib;
  std::uint64_t size = std::max(least, round_up(blocks * ext4_block_size, mib));
  for (;;) {
    const Ext4Geometry geometry = ext4_geometry({size});
    const std::uint64_t needed_blocks = blocks + geometry.journal_blocks;
    const std::uint64_t needed_inodes = inodes + ext4_first_inode;
    const std::uint64_t free = geometry.free_blocks();
    if (free >= needed_blocks && geometry.inodes() >= needed_inodes) return {size};
    std::uint64_t lack = 0;
    if (free < needed_blocks) lack = (needed_blocks - free) * ext4_block_size;
    if (geometry.inodes() < needed_inodes) {
      lack = std::max(lack, (needed_inodes - geometry.inodes()) * bytes_per_inode);
    }
    // A rest that becomes a group at last brings more than was added, so the end goes slowly.
    constexpr std::uint64_t near = 16 * mib;
    size += lack > near ? round_up(lack - near, mib) : mib;
  }
}

}  // namespace ingot::disk
