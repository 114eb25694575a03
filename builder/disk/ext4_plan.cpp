// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_plan.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "disk/ext4_extent.hpp"

namespace ingot::disk {

namespace {

constexpr std::size_t target_in_inode = 59;
constexpr std::uint32_t lost_and_found_blocks = 4;  // so that fsck needs no new ones
constexpr std::uint64_t largest_file = 0xffffffffULL * ext4_block_size;

std::uint64_t blocks_of(std::uint64_t bytes) {
  return bytes / ext4_block_size + (bytes % ext4_block_size != 0 ? 1 : 0);
}

/// Gives out blocks in ascending order, around the tables. Past the end it goes on counting, so
/// that a refusal can tell how much is needed.
class FreeBlocks {
public:
  explicit FreeBlocks(const Ext4Geometry& geometry) : geometry_(geometry) { pass_tables(); }

  void take(std::uint64_t count, std::vector<BlockRun>& runs) {
    taken_ += count;
    while (count > 0) {
      const std::uint64_t end = table_ < geometry_.tables.size()
                                    ? geometry_.tables[table_].first
                                    : std::numeric_limits<std::uint64_t>::max();
      const std::uint64_t part = std::min(count, end - next_);
      runs.push_back({next_, part});
      next_ += part;
      count -= part;
      pass_tables();
    }
  }

  std::uint64_t take_one() {
    std::vector<BlockRun> run;
    take(1, run);
    return run[0].first;
  }

  std::uint64_t taken() const { return taken_; }

private:
  void pass_tables() {
    while (table_ < geometry_.tables.size() && geometry_.tables[table_].first == next_) {
      next_ = geometry_.tables[table_++].end();
    }
  }

  const Ext4Geometry& geometry_;
  std::size_t table_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t taken_ = 0;
};

class Planner {
public:
  Planner(const Ext4Spec& spec, const std::vector<archive::ListedFile>& files)
      : plan_(begun(spec)), free_(plan_.geometry) {
    plan_.tree = ext4_tree(files, spec.epoch);
    plan_.holdings.resize(plan_.tree.nodes.size());
  }

  Ext4Plan result() {
    plan_.resize_map = free_.take_one();
    add_piece({plan_.resize_map, 1, 0, 0, Ext4PieceKind::resize_map});
    for (std::uint32_t i = 0; i < nodes().size(); ++i) {
      during_file(i, [&] { place_small(i); });
    }
    place(plan_.journal, plan_.geometry.journal_blocks, 0, Ext4PieceKind::journal);
    for (std::uint32_t i = 0; i < nodes().size(); ++i) {
      const archive::ListedFile& file = *nodes()[i].file;
      if (file.kind != os::FileKind::regular) continue;
      during_file(i, [&] {
        if (file.size > largest_file) throw Error(Fault::input, "ext4 has files of up to 16 TiB");
        place(plan_.holdings[i], blocks_of(file.size), i, Ext4PieceKind::content);
      });
    }
    check_room();
    add_tables();
    return std::move(plan_);
  }

private:
  static Ext4Plan begun(const Ext4Spec& spec) {
    Ext4Plan plan;
    plan.spec = spec;
    plan.geometry = ext4_geometry(spec.size);
    return plan;
  }

  const std::vector<Ext4Node>& nodes() const { return plan_.tree.nodes; }

  template <class Work>
  void during_file(std::uint32_t node, const Work& work) {
    try {
      work();
    } catch (Error& error) {
      error.add(format("placing {}", archive::escaped_path(nodes()[node].file->path)));
      throw;
    }
  }

  /// Folders, link targets and attributes: what is read when a path is looked up.
  void place_small(std::uint32_t i) {
    Ext4Node& node = plan_.tree.nodes[i];
    Ext4Holding& holding = plan_.holdings[i];
    if (node.file->kind == os::FileKind::folder) {
      const bool lost = node.inode == ext4_first_inode;
      holding.directory = plan_.directories.size();
      plan_.directories.emplace_back(std::move(node.records), plan_.spec.hash_seed,
                                     lost ? lost_and_found_blocks : 1);
      place(holding, plan_.directories.back().blocks(), i, Ext4PieceKind::directory);
    } else if (has_target_block(*node.file)) {
      place(holding, 1, i, Ext4PieceKind::link_target);
    }
    if (node.file->xattrs.empty()) return;
    plan_.attributes.push_back(ext4_attributes(node.file->xattrs));
    holding.attributes = plan_.attributes.size();
    if (!plan_.attributes.back().block.empty()) {
      holding.attribute_block = free_.take_one();
      ++holding.blocks;
      add_piece({holding.attribute_block, 1, 0, i, Ext4PieceKind::attributes});
    }
  }

  /// The content, then what its extent tree needs.
  void place(Ext4Holding& holding, std::uint64_t count, std::uint32_t node, Ext4PieceKind kind) {
    holding.content.first = plan_.runs.size();
    free_.take(count, plan_.runs);
    holding.content.count = plan_.runs.size() - holding.content.first;
    std::uint64_t from = 0;
    for (const BlockRun& run : plan_.runs_of(holding)) {
      add_piece({run.first, run.count, from, node, kind});
      from += run.count;
    }
    holding.tree = {plan_.tree_blocks.size(),
                    static_cast<std::size_t>(extent_tree_blocks(plan_.runs_of(holding)))};
    holding.blocks += count + holding.tree.count;
    const bool journal = kind == Ext4PieceKind::journal;
    for (std::uint64_t i = 0; i < holding.tree.count; ++i) {
      if (journal) throw Error(Fault::internal, "a journal in pieces; this is a bug in ingot");
      plan_.tree_blocks.push_back(free_.take_one());
      add_piece({plan_.tree_blocks.back(), 1, i, node, Ext4PieceKind::extent_tree});
    }
  }

  void add_piece(const Ext4Piece& piece) {
    plan_.pieces.push_back(piece);
    plan_.used_end = std::max(plan_.used_end, piece.block + piece.count);
  }

  void check_room() const {
    const std::uint64_t inodes = nodes().size();
    const bool fits = free_.taken() <= plan_.geometry.free_blocks() &&
                      inodes + ext4_first_inode - 2 <= plan_.geometry.inodes();
    if (fits) return;
    const std::uint64_t blocks = free_.taken() - plan_.geometry.journal_blocks;
    throw Error(
        Fault::input,
        format("the tree does not fit into the root partition: {} files and {} MiB of blocks "
               "need a partition of {} MiB, it has {} MiB; make the disk larger or the image "
               "smaller",
               inodes, blocks_to_mib(blocks), smallest_ext4(blocks, inodes).count >> 20,
               plan_.spec.size.count >> 20));
  }

  static std::uint64_t blocks_to_mib(std::uint64_t blocks) {
    return blocks * ext4_block_size / (1_MiB).count + 1;
  }

  void add_tables() {
    const Ext4Geometry& geometry = plan_.geometry;
    const std::size_t others = plan_.pieces.size();
    for (std::uint32_t group = 0; group < geometry.groups; ++group) {
      if (has_superblock(group)) {
        plan_.pieces.push_back({geometry.first_block_of(group), geometry.head_blocks(), 0, group,
                                Ext4PieceKind::head});
      }
      if (geometry.first_of_flex(group) == group) {
        const std::uint64_t first = geometry.block_bitmap_of(group);
        const std::uint64_t count =
            std::uint64_t{geometry.groups_in_flex(group)} * (2 + geometry.inode_table_blocks());
        plan_.pieces.push_back({first, count, 0, group, Ext4PieceKind::group_tables});
      }
    }
    std::inplace_merge(plan_.pieces.begin(),
                       plan_.pieces.begin() + static_cast<std::ptrdiff_t>(others),
                       plan_.pieces.end(),
                       [](const Ext4Piece& a, const Ext4Piece& b) { return a.block < b.block; });
  }

  Ext4Plan plan_;
  FreeBlocks free_;
};

}  // namespace

bool has_target_block(const archive::ListedFile& file) {
  return file.kind == os::FileKind::link && file.target.size() > target_in_inode;
}

Ext4Plan plan_ext4(const Ext4Spec& spec, const std::vector<archive::ListedFile>& files) {
  return Planner(spec, files).result();
}

}  // namespace ingot::disk
