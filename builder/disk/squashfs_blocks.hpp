// SPDX-License-Identifier: Apache-2.0
// Packs the blocks of a squashfs image on all cores, or takes them over from an earlier one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "archive/content.hpp"
#include "archive/piece.hpp"
#include "disk/squashfs_content.hpp"

namespace ingot::disk {

/// In sizes of blocks: the block is stored as it is (squashfs.rst, "inodes").
constexpr std::uint32_t squashfs_not_packed = 1U << 24;

struct SquashfsBlocks {
  const archive::OpenContent& open;
  const archive::Recall& recall;
  std::uint32_t block = 0;
  int level = 0;
  unsigned workers = 0;
  int fd = -1;  ///< of the image
  const std::filesystem::path& name;
};

struct WrittenBlocks {
  std::vector<archive::Piece> pieces;
  std::uint64_t end = 0;  ///< of the last block in the image
};

/// Writes all pieces of the plan from `start` on and notes there where they are.
WrittenBlocks write_squashfs_blocks(const SquashfsBlocks& blocks, SquashfsPlan& plan,
                                    std::uint64_t start);

}  // namespace ingot::disk
