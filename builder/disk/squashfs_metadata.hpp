// SPDX-License-Identifier: Apache-2.0
// The metadata blocks of squashfs 4.0: tables are cut into 8 KiB, each packed by itself behind two
// bytes that tell its size (Documentation/filesystems/squashfs.rst of Linux).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "archive/zstd_block.hpp"

namespace ingot::disk {

/// Where something lies in a table.
struct MetadataPlace {
  std::uint64_t block = 0;   ///< byte of its block's head from the table's start
  std::uint16_t offset = 0;  ///< in the unpacked block

  std::uint64_t reference() const noexcept { return block << 16 | offset; }
};

class SquashfsMetadata {
public:
  static constexpr std::size_t block_size = 8192;

  explicit SquashfsMetadata(int level) : packer_(level) {}

  /// Of the byte that comes next.
  MetadataPlace place() const noexcept;
  void append(std::span<const std::uint8_t> bytes);

  /// All blocks; nothing can be appended afterwards.
  const std::vector<std::uint8_t>& finish();
  /// Valid after finish(): where blocks begin, from the table's start.
  const std::vector<std::uint64_t>& blocks() const noexcept { return blocks_; }

private:
  void close_block();

  archive::ZstdBlocks packer_;
  std::vector<std::uint8_t> open_;  ///< the block that is not full
  std::vector<std::uint8_t> done_;
  std::vector<std::uint64_t> blocks_;
};

}  // namespace ingot::disk
