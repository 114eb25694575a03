// SPDX-License-Identifier: Apache-2.0
// The tables of a planned ext4: superblocks, group descriptors, bitmaps, inodes.
#pragma once

#include <cstdint>
#include <vector>

#include "disk/ext4_inode.hpp"
#include "disk/ext4_plan.hpp"
#include "disk/ext4_superblock.hpp"

namespace ingot::disk {

class Ext4Tables {
public:
  /// `plan` must outlive this.
  explicit Ext4Tables(const Ext4Plan& plan);

  /// Superblock, all descriptors and reserved blocks, as they begin `group`.
  std::vector<std::uint8_t> head(std::uint32_t group) const;
  /// One block; all zero where it need not be written.
  std::vector<std::uint8_t> block_bitmap(std::uint32_t group) const;
  std::vector<std::uint8_t> inode_bitmap(std::uint32_t group) const;
  /// As much of the inode table as has inodes, in whole blocks.
  std::vector<std::uint8_t> inode_table(std::uint32_t group) const;

private:
  std::uint32_t used_inodes(std::uint32_t group) const;
  bool is_used_past_tables(std::uint32_t group) const;
  Ext4GroupUse use_of(std::uint32_t group) const;
  Ext4Inode inode_of(std::uint32_t number) const;
  Ext4Inode node_inode(std::size_t node) const;
  Ext4Inode journal_inode() const;
  Ext4BlockField content_root(const Ext4Holding& holding, std::uint32_t inode) const;

  const Ext4Plan& plan_;
  Ext4Checksum checksum_;
  std::uint32_t last_inode_;            ///< all up to it are in use
  std::vector<std::uint32_t> folders_;  ///< of each group
  std::vector<Ext4GroupUse> uses_;
};

}  // namespace ingot::disk
