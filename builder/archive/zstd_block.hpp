// SPDX-License-Identifier: Apache-2.0
// Compressing one block at a time, for formats that keep blocks apart.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "archive/sink.hpp"

namespace ingot::archive {

/// For one thread; equal blocks give equal bytes, whatever came before.
class ZstdBlocks {
public:
  explicit ZstdBlocks(int level);

  /// One frame at the front of `out`, and its length; nothing when it does not fit there.
  std::optional<std::size_t> compress(std::span<const std::uint8_t> block,
                                      std::span<std::uint8_t> out);

private:
  CHandle<ZSTD_CCtx_s, free_compressor> context_;
};

}  // namespace ingot::archive
