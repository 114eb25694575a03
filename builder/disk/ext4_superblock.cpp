// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_superblock.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"

namespace ingot::disk {

namespace {

constexpr std::size_t superblock_size = 1024;
constexpr std::size_t descriptor_size = 64;
constexpr std::size_t label_size = 16;
constexpr std::uint32_t logarithm_of_kib_per_block = 2;

// has_journal, ext_attr, resize_inode, dir_index
constexpr std::uint32_t compatible = 0x4 | 0x8 | 0x10 | 0x20;
// filetype, extent, 64bit, flex_bg
constexpr std::uint32_t incompatible = 0x2 | 0x40 | 0x80 | 0x200;
// sparse_super, large_file, huge_file, dir_nlink, extra_isize, metadata_csum
constexpr std::uint32_t read_only_compatible = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x400;

constexpr std::uint16_t inodes_unused = 0x1;
constexpr std::uint16_t blocks_unused = 0x2;
constexpr std::uint16_t inode_table_zeroed = 0x4;  // the image held zeros

using Span = std::span<std::uint8_t>;

void store_time(Span record, std::size_t at, std::size_t high_at, std::int64_t time) {
  store_le(record, at, static_cast<std::uint32_t>(time));
  record[high_at] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(time) >> 32);
}

void store_split(Span record, std::size_t at, std::size_t high_at, std::uint64_t value) {
  store_le(record, at, static_cast<std::uint32_t>(value));
  store_le(record, high_at, static_cast<std::uint32_t>(value >> 32));
}

void store_sizes(Span record, const Ext4Superblock& super, const Ext4Geometry& geometry) {
  store_le(record, 0x00, static_cast<std::uint32_t>(geometry.inodes()));
  store_split(record, 0x04, 0x150, geometry.blocks);
  store_split(record, 0x08, 0x154, geometry.blocks / 100);  // kept for root: one per cent
  store_split(record, 0x0c, 0x158, super.free_blocks);
  store_le(record, 0x10, static_cast<std::uint32_t>(super.free_inodes));
  store_le(record, 0x18, logarithm_of_kib_per_block);
  store_le(record, 0x1c, logarithm_of_kib_per_block);  // of a cluster
  store_le(record, 0x20, ext4_blocks_per_group);
  store_le(record, 0x24, ext4_blocks_per_group);  // clusters
  store_le(record, 0x28, geometry.inodes_per_group);
  store_le(record, 0x54, ext4_first_inode);
  store_le(record, 0x58, static_cast<std::uint16_t>(ext4_inode_size));
  store_le(record, 0xce, static_cast<std::uint16_t>(geometry.reserved_blocks));
  store_le(record, 0xfe, static_cast<std::uint16_t>(descriptor_size));
  store_le(record, 0x15c, std::uint16_t{32});  // extra fields of inodes: at least,
  store_le(record, 0x15e, std::uint16_t{32});  // and wanted
  record[0x174] = 4;                           // logarithm of the groups in a flexible one
  // What df leaves out: all tables and the journal.
  store_le(record, 0x248,
           static_cast<std::uint32_t>(geometry.blocks - geometry.free_blocks() +
                                      geometry.journal_blocks));
}

void store_habits(Span record, std::uint32_t group) {
  store_le(record, 0x36, std::uint16_t{0xffff});  // mounts between checks: no limit
  store_le(record, 0x38, std::uint16_t{0xef53});
  store_le(record, 0x3a, static_cast<std::uint16_t>(group == 0 ? 1 : 0));  // clean
  store_le(record, 0x3c, std::uint16_t{1});                                // on errors: go on
  store_le(record, 0x4c, std::uint32_t{1});                                // dynamic revision
  store_le(record, 0x5a, static_cast<std::uint16_t>(group));
  store_le(record, 0x5c, compatible);
  store_le(record, 0x60, incompatible);
  store_le(record, 0x64, read_only_compatible);
  record[0xfc] = 1;                             // names are hashed by half_md4
  store_le(record, 0x100, std::uint32_t{0xc});  // user_xattr, acl
  store_le(record, 0x160, std::uint32_t{1});    // with signed characters
  record[0x175] = 1;                            // crc32c
}

}  // namespace

std::vector<std::uint8_t> superblock_record(const Ext4Superblock& super,
                                            const Ext4Geometry& geometry, std::uint32_t group) {
  std::vector<std::uint8_t> bytes(superblock_size);
  const Span record(bytes);
  if (super.label.size() > label_size) {
    throw Error(Fault::input, format("the label '{}' of a file system is longer than {} bytes",
                                     super.label, label_size));
  }
  store_sizes(record, super, geometry);
  store_habits(record, group);
  store_time(record, 0x30, 0x274, super.epoch);   // written
  store_time(record, 0x40, 0x277, super.epoch);   // checked
  store_time(record, 0x108, 0x276, super.epoch);  // made
  std::copy(super.id.text_bytes().begin(), super.id.text_bytes().end(),
            record.subspan(0x68).begin());
  std::copy(super.label.begin(), super.label.end(), record.subspan(0x78).begin());
  std::copy(super.hash_seed.text_bytes().begin(), super.hash_seed.text_bytes().end(),
            record.subspan(0xec).begin());
  store_le(record, 0xe0, ext4_journal_inode);
  record[0xfd] = 1;  // the journal's inode is kept here too: its blocks, then its size
  std::copy(super.journal_root.begin(), super.journal_root.end(), record.subspan(0x10c).begin());
  const std::uint64_t journal_size = std::uint64_t{geometry.journal_blocks} * ext4_block_size;
  store_split(record, 0x14c, 0x148, journal_size);
  store_le(record, superblock_size - 4, superblock_checksum(record));
  return bytes;
}

std::vector<std::uint8_t> descriptor_record(const Ext4GroupUse& use, const Ext4Geometry& geometry,
                                            std::uint32_t group, const Ext4Checksum& checksum) {
  std::vector<std::uint8_t> bytes(descriptor_size);
  const Span record(bytes);
  const bool any_inode = use.free_inodes < geometry.inodes_per_group;
  const auto flags =
      static_cast<std::uint16_t>(inode_table_zeroed | (any_inode ? 0 : inodes_unused) |
                                 (use.blocks_in_use ? 0 : blocks_unused));
  const auto store_half = [&](std::size_t at, std::size_t high_at, std::uint32_t value) {
    store_le(record, at, static_cast<std::uint16_t>(value));
    store_le(record, high_at, static_cast<std::uint16_t>(value >> 16));
  };
  store_split(record, 0x00, 0x20, geometry.block_bitmap_of(group));
  store_split(record, 0x04, 0x24, geometry.inode_bitmap_of(group));
  store_split(record, 0x08, 0x28, geometry.inode_table_of(group));
  store_half(0x0c, 0x2c, use.free_blocks);
  store_half(0x0e, 0x2e, use.free_inodes);
  store_half(0x10, 0x30, use.folders);
  store_le(record, 0x12, flags);
  store_half(0x18, 0x38, use.block_bitmap_sum);
  store_half(0x1a, 0x3a, use.inode_bitmap_sum);
  store_half(0x1c, 0x32, use.free_inodes);  // all unused ones lie at the end of the table
  store_le(record, 0x1e, checksum.of_descriptor(group, record));
  return bytes;
}

}  // namespace ingot::disk
