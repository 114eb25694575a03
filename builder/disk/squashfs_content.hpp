// SPDX-License-Identifier: Apache-2.0
// Which content of a squashfs image is stored in blocks of its own, which ends share a fragment
// block, and in what order: nothing of it moves when other files change.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "archive/file_list.hpp"
#include "disk/squashfs_tree.hpp"

namespace ingot::disk {

/// The content of one or several equal files.
struct SquashfsContent {
  static constexpr std::uint32_t no_fragment = std::numeric_limits<std::uint32_t>::max();

  const archive::ListedFile* file = nullptr;  ///< the first that has it
  std::uint64_t blocks_size = 0;              ///< bytes in blocks; the rest lies in a fragment
  std::uint32_t fragment = no_fragment;
  std::uint32_t fragment_offset = 0;

  // Known once the blocks are written.
  std::uint64_t start = 0;            ///< of the first block in the image
  std::vector<std::uint32_t> blocks;  ///< sizes as an inode tells them
  std::uint64_t sparse = 0;           ///< bytes of blocks that are not stored

  std::uint64_t tail() const noexcept { return file->size - blocks_size; }
};

struct SquashfsFragment {
  std::vector<std::size_t> contents;  ///< whose tails it holds, one behind another
  std::uint32_t size = 0;             ///< unpacked

  std::uint64_t start = 0;   ///< known once it is written
  std::uint32_t stored = 0;  ///< its size as the fragment table tells it
};

/// What is written together: all blocks of a content, or a fragment block.
struct SquashfsPiece {
  enum class Kind { blocks, fragment } kind = Kind::blocks;
  std::size_t index = 0;
};

struct SquashfsPlan {
  static constexpr std::size_t no_content = std::numeric_limits<std::size_t>::max();

  std::vector<SquashfsContent> contents;
  std::vector<SquashfsFragment> fragments;
  std::vector<SquashfsPiece> pieces;    ///< in the order of the image
  std::vector<std::size_t> content_of;  ///< by node; no_content: empty, or no regular file
};

/// Fault::input when a regular file with content has no digest.
SquashfsPlan plan_squashfs(const SquashfsTree& tree, std::uint32_t block);

}  // namespace ingot::disk
