// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_extent.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "disk/crc32.hpp"

namespace ingot::disk {

namespace {

constexpr std::uint16_t magic = 0xf30a;
constexpr std::size_t head_size = 12;
constexpr std::size_t entry_size = 12;
constexpr std::size_t in_inode = 4;
constexpr std::size_t in_block = (ext4_block_size - head_size) / entry_size;
constexpr std::size_t checksum_at = head_size + in_block * entry_size;
constexpr std::uint64_t longest_extent = 32768;

/// An extent, or at the upper levels the block that holds a part of the tree.
struct Entry {
  std::uint32_t from = 0;  // block of the file
  std::uint16_t length = 0;
  std::uint64_t block = 0;
};

std::vector<Entry> extents_of(std::span<const BlockRun> runs) {
  std::vector<Entry> extents;
  std::uint64_t from = 0;
  for (const BlockRun& run : runs) {
    for (std::uint64_t done = 0; done < run.count;) {
      const std::uint64_t length = std::min(longest_extent, run.count - done);
      extents.push_back(
          {static_cast<std::uint32_t>(from), static_cast<std::uint16_t>(length), run.first + done});
      done += length;
      from += length;
    }
  }
  return extents;
}

std::size_t blocks_for(std::size_t entries) { return (entries + in_block - 1) / in_block; }

void store_node(std::span<std::uint8_t> node, std::span<const Entry> entries, std::size_t limit,
                std::uint16_t depth) {
  store_le(node, 0, magic);
  store_le(node, 2, static_cast<std::uint16_t>(entries.size()));
  store_le(node, 4, static_cast<std::uint16_t>(limit));
  store_le(node, 6, depth);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::span<std::uint8_t> field = node.subspan(head_size + i * entry_size, entry_size);
    store_le(field, 0, entries[i].from);
    const auto low = static_cast<std::uint32_t>(entries[i].block);
    const auto high = static_cast<std::uint16_t>(entries[i].block >> 32);
    if (depth == 0) {
      store_le(field, 4, entries[i].length);
      store_le(field, 6, high);
      store_le(field, 8, low);
    } else {
      store_le(field, 4, low);
      store_le(field, 8, high);
    }
  }
}

}  // namespace

std::uint64_t extent_tree_blocks(std::span<const BlockRun> runs) {
  std::size_t level = 0;
  for (const BlockRun& run : runs) {
    level += static_cast<std::size_t>((run.count + longest_extent - 1) / longest_extent);
  }
  std::uint64_t blocks = 0;
  while (level > in_inode) {
    level = blocks_for(level);
    blocks += level;
  }
  return blocks;
}

ExtentTree extent_tree(std::span<const BlockRun> runs, std::span<const std::uint64_t> places,
                       std::uint32_t seed) {
  ExtentTree tree;
  std::vector<Entry> level = extents_of(runs);
  std::uint16_t depth = 0;
  std::size_t next = 0;
  tree.blocks.resize(places.size() * ext4_block_size);
  while (level.size() > in_inode) {
    std::vector<Entry> above;
    for (std::size_t i = 0; i < level.size(); i += in_block) {
      if (next == places.size()) {
        throw Error(Fault::internal, "an extent tree has too few blocks; this is a bug in ingot");
      }
      const auto node = std::span(tree.blocks).subspan(next * ext4_block_size, ext4_block_size);
      store_node(node, std::span(level).subspan(i, std::min(in_block, level.size() - i)), in_block,
                 depth);
      store_le(node, checksum_at, crc32c(seed, node.first(checksum_at)));
      above.push_back({level[i].from, 0, places[next++]});
    }
    level = std::move(above);
    ++depth;
  }
  store_node(std::span<std::uint8_t>(tree.root), level, in_inode, depth);
  return tree;
}

}  // namespace ingot::disk
