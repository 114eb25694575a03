// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_writer.hpp"

#include <span>
#include <vector>

#include "disk/ext4_extent.hpp"
#include "disk/ext4_journal.hpp"
#include "disk/ext4_resize.hpp"
#include "disk/ext4_tables.hpp"
#include "os/signals.hpp"

namespace ingot::disk {

namespace {

class PlanWriter {
public:
  PlanWriter(const Ext4Plan& plan, const OpenContent& open, BlockStream& stream)
      : plan_(plan), checksum_(plan.spec.id), tables_(plan), content_(open), stream_(stream) {}

  void write_all() {
    for (const Ext4Piece& piece : plan_.pieces) {
      os::check_stop();
      write(piece);
    }
  }

private:
  void write(const Ext4Piece& piece) {
    switch (piece.kind) {
      case Ext4PieceKind::head:
        return put(piece.block, tables_.head(piece.node));
      case Ext4PieceKind::group_tables:
        return write_group_tables(piece.node);
      case Ext4PieceKind::resize_map:
        return put(piece.block, resize_map(plan_.geometry));
      case Ext4PieceKind::journal:
        if (piece.from != 0) return;
        return put(piece.block, journal_superblock(plan_.geometry.journal_blocks, plan_.spec.id));
      case Ext4PieceKind::content:
        return content_.copy(file_of(piece), piece.from * ext4_block_size,
                             piece.count * ext4_block_size, stream_, place_of(piece.block));
      default:
        return write_of_node(piece);
    }
  }

  /// What one node has besides its content. A part that tables cut in two is made twice.
  void write_of_node(const Ext4Piece& piece) {
    const Ext4Node& node = plan_.tree.nodes[piece.node];
    const Ext4Holding& holding = plan_.holdings[piece.node];
    std::vector<std::uint8_t> bytes;
    if (piece.kind == Ext4PieceKind::directory) {
      bytes = plan_.directories[holding.directory].bytes({node.inode, node.parent}, checksum_);
    } else if (piece.kind == Ext4PieceKind::link_target) {
      bytes.assign(node.file->target.begin(), node.file->target.end());
      bytes.resize(ext4_block_size);
    } else if (piece.kind == Ext4PieceKind::attributes) {
      bytes = plan_.attributes[holding.attributes - 1].block;
      seal_attributes(bytes, piece.block, checksum_);
    } else {
      bytes = extent_tree(plan_.runs_of(holding), plan_.tree_blocks_of(holding),
                          checksum_.seed_of(node.inode))
                  .blocks;
    }
    put(piece.block,
        std::span(bytes).subspan(piece.from * ext4_block_size, piece.count * ext4_block_size));
  }

  void write_group_tables(std::uint32_t first) {
    const Ext4Geometry& geometry = plan_.geometry;
    const std::uint32_t end = first + geometry.groups_in_flex(first);
    for (std::uint32_t i = first; i < end; ++i) {
      put(geometry.block_bitmap_of(i), tables_.block_bitmap(i));
    }
    for (std::uint32_t i = first; i < end; ++i) {
      put(geometry.inode_bitmap_of(i), tables_.inode_bitmap(i));
    }
    for (std::uint32_t i = first; i < end; ++i) {
      put(geometry.inode_table_of(i), tables_.inode_table(i));
    }
  }

  void put(std::uint64_t block, std::span<const std::uint8_t> bytes) {
    stream_.write(place_of(block), bytes);
  }

  std::uint64_t place_of(std::uint64_t block) const {
    return plan_.spec.offset + block * ext4_block_size;
  }

  const archive::ListedFile& file_of(const Ext4Piece& piece) const {
    return *plan_.tree.nodes[piece.node].file;
  }

  const Ext4Plan& plan_;
  Ext4Checksum checksum_;
  Ext4Tables tables_;
  ContentReader content_;
  BlockStream& stream_;
};

}  // namespace

void write_planned(const Ext4Plan& plan, const OpenContent& open, BlockStream& stream) {
  PlanWriter(plan, open, stream).write_all();
}

}  // namespace ingot::disk
