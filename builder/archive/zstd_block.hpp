// SPDX-License-Identifier: Apache-2.0
// Compressing one block at a time, for formats that keep blocks apart.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "archive/sink.hpp"

namespace ingot::archive {

/// libzstd's version, for keys: another one may give other bytes.
std::uint64_t zstd_version() noexcept;

enum class FrameChecksum { no, yes };

/// For one thread; equal blocks give equal bytes, whatever came before.
class ZstdBlocks {
public:
  explicit ZstdBlocks(int level, FrameChecksum checksum = FrameChecksum::no);

  /// Room that is enough for any block of that size.
  static std::size_t bound(std::size_t size) noexcept;

  /// One frame at the front of `out`, and its length; nothing when it does not fit there.
  std::optional<std::size_t> compress(std::span<const std::uint8_t> block,
                                      std::span<std::uint8_t> out);

private:
  CHandle<ZSTD_CCtx_s, free_compressor> context_;
};

}  // namespace ingot::archive
