// SPDX-License-Identifier: Apache-2.0
// Which blocks hold the content of a file: the extent tree of an inode.
// Documentation/filesystems/ext4: "The Contents of inode.i_block", "Extent Tree".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "disk/ext4_geometry.hpp"

namespace ingot::disk {

using Ext4BlockField = std::array<std::uint8_t, 60>;  ///< i_block of an inode

struct ExtentTree {
  Ext4BlockField root{};
  std::vector<std::uint8_t> blocks;  ///< those of the tree, one after the other
};

/// How many blocks besides the inode a tree over `runs` takes.
std::uint64_t extent_tree_blocks(std::span<const BlockRun> runs);

/// The tree over `runs`, which hold the content in its order; its own blocks lie at `places`, as
/// many as extent_tree_blocks() says. `seed` is Ext4Checksum::seed_of the inode.
ExtentTree extent_tree(std::span<const BlockRun> runs, std::span<const std::uint64_t> places,
                       std::uint32_t seed);

}  // namespace ingot::disk
