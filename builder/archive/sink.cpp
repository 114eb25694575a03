// SPDX-License-Identifier: Apache-2.0
#include "archive/sink.hpp"

#include <zstd.h>

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/fd.hpp"

namespace ingot::archive {
namespace {

constexpr std::size_t piece = 256 * 1024;

std::size_t checked(std::size_t result, std::string_view doing) {
  if (ZSTD_isError(result) != 0) {
    throw Error(Fault::internal, format("zstd could not {}: {}", doing, ZSTD_getErrorName(result)));
  }
  return result;
}

void set(ZSTD_CCtx* context, ZSTD_cParameter parameter, int value) {
  checked(ZSTD_CCtx_setParameter(context, parameter, value),
          format("take the value {} for parameter {}", value, static_cast<int>(parameter)));
}

}  // namespace

FdSink::FdSink(int fd, std::filesystem::path name) : fd_(fd), name_(std::move(name)) {
  held_.reserve(piece);
}

void FdSink::write(std::span<const std::uint8_t> bytes) {
  if (held_.size() + bytes.size() > piece) finish();
  if (bytes.size() >= piece) {
    os::write_all(fd_, bytes, name_);
  } else {
    held_.insert(held_.end(), bytes.begin(), bytes.end());
  }
}

void FdSink::finish() {
  os::write_all(fd_, held_, name_);
  held_.clear();
}

void free_compressor(ZSTD_CCtx_s* context) noexcept { ZSTD_freeCCtx(context); }

ZstdSink::ZstdSink(os::Sink& next, ZstdOptions options)
    : next_(next), context_(ZSTD_createCCtx()), buffer_(ZSTD_CStreamOutSize()) {
  if (!context_) throw Error(Fault::environment, "not enough memory for the compressor");
  const unsigned threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  set(context_.get(), ZSTD_c_compressionLevel, options.level);
  set(context_.get(), ZSTD_c_checksumFlag, 1);
  // With at least one worker the input is cut into jobs of this size, whoever works on them;
  // without any it would not be cut, and one core would give other bytes than two.
  set(context_.get(), ZSTD_c_nbWorkers, static_cast<int>(std::min(threads, 64U)));
  set(context_.get(), ZSTD_c_jobSize, 16 << 20);
}

void ZstdSink::write(std::span<const std::uint8_t> bytes) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  while (in.pos < in.size) {
    ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
    checked(ZSTD_compressStream2(context_.get(), &out, &in, ZSTD_e_continue), "compress");
    if (out.pos != 0) next_.write(std::span(buffer_).first(out.pos));
  }
}

void ZstdSink::finish() {
  ZSTD_inBuffer in{nullptr, 0, 0};
  std::size_t left = 1;
  while (left != 0) {
    ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
    left = checked(ZSTD_compressStream2(context_.get(), &out, &in, ZSTD_e_end), "compress");
    if (out.pos != 0) next_.write(std::span(buffer_).first(out.pos));
  }
  next_.finish();
}

}  // namespace ingot::archive
