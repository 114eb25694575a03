// SPDX-License-Identifier: Apache-2.0
// Which block of an ext4 holds what, before a byte is written. Blocks are given out in ascending
// order without gaps but for the file system's own tables: first folders, long link targets and
// attributes, then the journal, then files as listed, each in one run where no table lies between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "disk/ext4_directory.hpp"
#include "disk/ext4_geometry.hpp"
#include "disk/ext4_tree.hpp"
#include "disk/ext4_xattr.hpp"
#include "disk/guid.hpp"

namespace ingot::disk {

struct Ext4Spec {
  std::uint64_t offset = 0;  ///< of the file system in the image, in bytes
  Bytes size;
  Guid id;
  Guid hash_seed;
  std::string label = "root";
  std::int64_t epoch = 0;  ///< no time in the file system is later; the time it was made
};

/// A slice of one of the plan's lists.
struct Slice {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// What one node has besides its inode.
struct Ext4Holding {
  Slice content;                      ///< of runs
  Slice tree;                         ///< of tree_blocks
  std::size_t directory = 0;          ///< of a folder, in directories
  std::size_t attributes = 0;         ///< one more than the place in attributes; 0 for none
  std::uint64_t attribute_block = 0;  ///< 0 for none
  std::uint64_t blocks = 0;           ///< all of them
};

enum class Ext4PieceKind : std::uint8_t {
  head,          ///< superblock, descriptors and reserved blocks of group `node`
  group_tables,  ///< bitmaps and inode tables of the flexible group that begins at group `node`
  resize_map,
  journal,
  directory,
  link_target,
  attributes,
  extent_tree,
  content,
};

/// Blocks next to each other that are written together.
struct Ext4Piece {
  std::uint64_t block = 0;
  std::uint64_t count = 0;
  std::uint64_t from = 0;  ///< the block of the content, or of the tree, that comes first
  std::uint32_t node = 0;
  Ext4PieceKind kind = Ext4PieceKind::head;
};

struct Ext4Plan {
  Ext4Spec spec;
  Ext4Geometry geometry;
  Ext4Tree tree;
  std::vector<Ext4Directory> directories;
  std::vector<Ext4Attributes> attributes;
  std::vector<Ext4Holding> holdings;  ///< one for each node
  std::vector<BlockRun> runs;
  std::vector<std::uint64_t> tree_blocks;
  Ext4Holding journal;
  std::uint64_t resize_map = 0;
  std::uint64_t used_end = 0;     ///< behind the last block in use besides tables
  std::vector<Ext4Piece> pieces;  ///< everything but zeros, ascending

  std::span<const BlockRun> runs_of(const Ext4Holding& holding) const {
    return std::span(runs).subspan(holding.content.first, holding.content.count);
  }
  std::span<const std::uint64_t> tree_blocks_of(const Ext4Holding& holding) const {
    return std::span(tree_blocks).subspan(holding.tree.first, holding.tree.count);
  }
};

/// Whether a link's target needs a block, as the inode has no room for it.
bool has_target_block(const archive::ListedFile& file);

/// Pure. `files` must outlive the plan. Fault::input when they do not fit (needed and given sizes
/// are in the message) or when ext4 has no place for one of them (see ext4_tree.hpp).
Ext4Plan plan_ext4(const Ext4Spec& spec, const std::vector<archive::ListedFile>& files);

}  // namespace ingot::disk
