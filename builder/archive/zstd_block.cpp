// SPDX-License-Identifier: Apache-2.0
#include "archive/zstd_block.hpp"

#include <zstd.h>
#include <zstd_errors.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::archive {

ZstdBlocks::ZstdBlocks(int level) : context_(ZSTD_createCCtx()) {
  if (!context_) throw Error(Fault::environment, "not enough memory for the compressor");
  const std::size_t result = ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
  if (ZSTD_isError(result) != 0) {
    throw Error(Fault::internal,
                format("zstd does not take level {}: {}", level, ZSTD_getErrorName(result)));
  }
}

std::optional<std::size_t> ZstdBlocks::compress(std::span<const std::uint8_t> block,
                                                std::span<std::uint8_t> out) {
  const std::size_t result =
      ZSTD_compress2(context_.get(), out.data(), out.size(), block.data(), block.size());
  if (ZSTD_isError(result) == 0) return result;
  if (ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall) return std::nullopt;
  throw Error(Fault::internal, format("zstd could not compress: {}", ZSTD_getErrorName(result)));
}

}  // namespace ingot::archive
