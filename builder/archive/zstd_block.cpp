// SPDX-License-Identifier: Apache-2.0
#include "archive/zstd_block.hpp"

#include <zstd.h>
#include <zstd_errors.h>

#include <string_view>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::archive {

std::uint64_t zstd_version() noexcept { return ZSTD_versionNumber(); }

ZstdBlocks::ZstdBlocks(int level, FrameChecksum checksum) : context_(ZSTD_createCCtx()) {
  if (!context_) throw Error(Fault::environment, "not enough memory for the compressor");
  const auto set = [this](ZSTD_cParameter parameter, int value, std::string_view name) {
    const std::size_t result = ZSTD_CCtx_setParameter(context_.get(), parameter, value);
    if (ZSTD_isError(result) != 0) {
      throw Error(Fault::internal,
                  format("zstd does not take {} {}: {}", name, value, ZSTD_getErrorName(result)));
    }
  };
  set(ZSTD_c_compressionLevel, level, "level");
  set(ZSTD_c_checksumFlag, checksum == FrameChecksum::yes ? 1 : 0, "checksum");
}

std::size_t ZstdBlocks::bound(std::size_t size) noexcept { return ZSTD_compressBound(size); }

std::optional<std::size_t> ZstdBlocks::compress(std::span<const std::uint8_t> block,
                                                std::span<std::uint8_t> out) {
  const std::size_t result =
      ZSTD_compress2(context_.get(), out.data(), out.size(), block.data(), block.size());
  if (ZSTD_isError(result) == 0) return result;
  if (ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall) return std::nullopt;
  throw Error(Fault::internal, format("zstd could not compress: {}", ZSTD_getErrorName(result)));
}

}  // namespace ingot::archive
