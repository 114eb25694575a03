// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_tables.hpp"

#include <algorithm>

#include "base/little_endian.hpp"
#include "disk/ext4_extent.hpp"
#include "disk/ext4_inode.hpp"
#include "disk/ext4_resize.hpp"

namespace ingot::disk {

namespace {

constexpr std::size_t superblock_at = 1024;  // in group 0, behind what a boot loader may have
constexpr std::size_t descriptor_size = 64;

void set_bits(std::vector<std::uint8_t>& bitmap, std::uint64_t from, std::uint64_t to) {
  while (from < to && from % 8 != 0) {
    bitmap[from / 8] = static_cast<std::uint8_t>(bitmap[from / 8] | 1U << from % 8);
    ++from;
  }
  for (; from + 8 <= to; from += 8) bitmap[from / 8] = 0xff;
  for (; from < to; ++from) {
    bitmap[from / 8] = static_cast<std::uint8_t>(bitmap[from / 8] | 1U << from % 8);
  }
}

}  // namespace

Ext4Tables::Ext4Tables(const Ext4Plan& plan)
    : plan_(plan),
      checksum_(plan.spec.id),
      last_inode_(plan.tree.nodes.back().inode),
      folders_(plan.geometry.groups) {
  for (const Ext4Node& node : plan.tree.nodes) {
    if (node.file->kind == os::FileKind::folder) {
      ++folders_[(node.inode - 1) / plan.geometry.inodes_per_group];
    }
  }
  for (std::uint32_t group = 0; group < plan.geometry.groups; ++group) {
    uses_.push_back(use_of(group));
  }
}

std::uint32_t Ext4Tables::used_inodes(std::uint32_t group) const {
  const std::uint32_t before = group * plan_.geometry.inodes_per_group;
  return last_inode_ <= before ? 0
                               : std::min(last_inode_ - before, plan_.geometry.inodes_per_group);
}

/// Whether the bitmap of blocks tells more than the kernel can work out: only copies of the
/// superblock lie there. The kernel never takes the last group, which may be short, for unused.
bool Ext4Tables::is_used_past_tables(std::uint32_t group) const {
  const Ext4Geometry& geometry = plan_.geometry;
  return geometry.first_of_flex(group) == group || group + 1 == geometry.groups ||
         used_inodes(group) != 0 || geometry.first_block_of(group) < plan_.used_end;
}

std::vector<std::uint8_t> Ext4Tables::block_bitmap(std::uint32_t group) const {
  const Ext4Geometry& geometry = plan_.geometry;
  std::vector<std::uint8_t> bitmap(ext4_block_size);
  if (!is_used_past_tables(group)) return bitmap;
  const std::uint64_t first = geometry.first_block_of(group);
  const std::uint64_t end = first + ext4_blocks_per_group;
  const auto mark = [&](std::uint64_t from, std::uint64_t to) {
    if (to > first && from < end) {
      set_bits(bitmap, std::max(from, first) - first, std::min(to, end) - first);
    }
  };
  mark(0, plan_.used_end);
  for (const BlockRun& run : geometry.tables) mark(run.first, run.end());
  mark(geometry.blocks, end);  // what is not there counts as used
  return bitmap;
}

std::vector<std::uint8_t> Ext4Tables::inode_bitmap(std::uint32_t group) const {
  std::vector<std::uint8_t> bitmap(ext4_block_size);
  const std::uint32_t used = used_inodes(group);
  if (used == 0) return bitmap;
  set_bits(bitmap, 0, used);
  set_bits(bitmap, plan_.geometry.inodes_per_group, std::uint64_t{8} * ext4_block_size);
  return bitmap;
}

Ext4GroupUse Ext4Tables::use_of(std::uint32_t group) const {
  const Ext4Geometry& geometry = plan_.geometry;
  Ext4GroupUse use;
  use.blocks_in_use = is_used_past_tables(group);
  use.free_inodes = geometry.inodes_per_group - used_inodes(group);
  use.folders = folders_[group];
  if (use.blocks_in_use) {
    const std::vector<std::uint8_t> bitmap = block_bitmap(group);
    use.block_bitmap_sum = checksum_.of_bitmap(bitmap);
    std::uint32_t used = 0;
    for (const std::uint8_t byte : bitmap) {
      used += static_cast<std::uint32_t>(__builtin_popcount(byte));
    }
    use.free_blocks = ext4_blocks_per_group - used;
  } else {
    use.free_blocks =
        geometry.blocks_in(group) - (has_superblock(group) ? geometry.head_blocks() : 0);
  }
  if (used_inodes(group) != 0) {
    const std::vector<std::uint8_t> bitmap = inode_bitmap(group);
    use.inode_bitmap_sum =
        checksum_.of_bitmap(std::span(bitmap).first(geometry.inodes_per_group / 8));
  }
  return use;
}

std::vector<std::uint8_t> Ext4Tables::head(std::uint32_t group) const {
  const Ext4Geometry& geometry = plan_.geometry;
  std::vector<std::uint8_t> bytes(std::size_t{geometry.head_blocks()} * ext4_block_size);
  Ext4Superblock super{.id = plan_.spec.id,
                       .hash_seed = plan_.spec.hash_seed,
                       .label = plan_.spec.label,
                       .epoch = plan_.spec.epoch,
                       .journal_root = content_root(plan_.journal, ext4_journal_inode)};
  super.free_inodes = geometry.inodes() - last_inode_;
  std::size_t at = ext4_block_size;
  for (std::uint32_t i = 0; i < geometry.groups; ++i) {
    const Ext4GroupUse& use = uses_[i];
    super.free_blocks += use.free_blocks;
    const std::vector<std::uint8_t> record = descriptor_record(use, geometry, i, checksum_);
    std::copy(record.begin(), record.end(), std::span(bytes).subspan(at).begin());
    at += descriptor_size;
  }
  const std::vector<std::uint8_t> record = superblock_record(super, geometry, group);
  std::copy(record.begin(), record.end(),
            std::span(bytes).subspan(group == 0 ? superblock_at : 0).begin());
  if (group == 0) {
    const std::vector<std::uint8_t> reserved = reserved_blocks(geometry);
    std::copy(reserved.begin(), reserved.end(),
              std::span(bytes)
                  .subspan(std::size_t{1 + geometry.descriptor_blocks} * ext4_block_size)
                  .begin());
  }
  return bytes;
}

std::vector<std::uint8_t> Ext4Tables::inode_table(std::uint32_t group) const {
  const std::uint32_t used = used_inodes(group);
  std::vector<std::uint8_t> table(round_up(std::size_t{used} * ext4_inode_size, ext4_block_size));
  for (std::uint32_t i = 0; i < used; ++i) {
    const std::uint32_t number = group * plan_.geometry.inodes_per_group + i + 1;
    const bool unnamed = number < ext4_first_inode && number != ext4_root_inode &&
                         number != ext4_resize_inode && number != ext4_journal_inode;
    if (unnamed) continue;
    const std::vector<std::uint8_t> record = inode_record(inode_of(number), number, checksum_);
    std::copy(record.begin(), record.end(),
              std::span(table).subspan(std::size_t{i} * ext4_inode_size).begin());
  }
  return table;
}

Ext4Inode Ext4Tables::inode_of(std::uint32_t number) const {
  switch (number) {
    case ext4_root_inode:
      return node_inode(0);
    case ext4_resize_inode:
      return resize_inode(plan_.geometry, plan_.resize_map, plan_.spec.epoch);
    case ext4_journal_inode:
      return journal_inode();
    default:
      return node_inode(1 + number - ext4_first_inode);
  }
}

Ext4BlockField Ext4Tables::content_root(const Ext4Holding& holding, std::uint32_t inode) const {
  return extent_tree(plan_.runs_of(holding), plan_.tree_blocks_of(holding),
                     checksum_.seed_of(inode))
      .root;
}

Ext4Inode Ext4Tables::journal_inode() const {
  Ext4Inode inode;
  inode.mode = ext4_kind_bits(os::FileKind::regular) | 0600;
  inode.size = std::uint64_t{plan_.geometry.journal_blocks} * ext4_block_size;
  inode.mtime = plan_.spec.epoch;
  inode.epoch = plan_.spec.epoch;
  inode.blocks = plan_.journal.blocks;
  inode.flags = ext4_extents_flag;
  inode.block = content_root(plan_.journal, ext4_journal_inode);
  return inode;
}

Ext4Inode Ext4Tables::node_inode(std::size_t index) const {
  const Ext4Node& node = plan_.tree.nodes[index];
  const Ext4Holding& holding = plan_.holdings[index];
  const archive::ListedFile& file = *node.file;
  Ext4Inode inode;
  inode.mode = ext4_kind_bits(file.kind) | (file.mode & 07777U);
  inode.uid = static_cast<std::uint32_t>(file.uid);
  inode.gid = static_cast<std::uint32_t>(file.gid);
  inode.links = node.links;
  inode.mtime = file.mtime;
  inode.epoch = plan_.spec.epoch;
  inode.blocks = holding.blocks;
  inode.attribute_block = holding.attribute_block;
  if (holding.attributes != 0) {
    inode.attributes = plan_.attributes[holding.attributes - 1].in_inode;
  }
  const bool device =
      file.kind == os::FileKind::character_device || file.kind == os::FileKind::block_device;
  if (device) {
    inode.block = device_field(file.device_major, file.device_minor);
  } else if (file.kind == os::FileKind::link && !has_target_block(file)) {
    std::copy(file.target.begin(), file.target.end(), inode.block.begin());
  } else if (file.kind != os::FileKind::fifo && file.kind != os::FileKind::socket) {
    inode.flags = ext4_extents_flag;
    inode.block = content_root(holding, node.inode);
  }
  if (file.kind == os::FileKind::regular) {
    inode.size = file.size;
  } else if (file.kind == os::FileKind::link) {
    inode.size = file.target.size();
  } else if (file.kind == os::FileKind::folder) {
    const Ext4Directory& directory = plan_.directories[holding.directory];
    inode.size = std::uint64_t{directory.blocks()} * ext4_block_size;
    if (directory.indexed()) inode.flags |= ext4_index_flag;
  }
  return inode;
}

}  // namespace ingot::disk
