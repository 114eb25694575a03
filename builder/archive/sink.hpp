// SPDX-License-Identifier: Apache-2.0
// Sinks that compose into one pass: tar -> zstd -> hasher -> file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/handle.hpp"
#include "os/sink.hpp"

struct ZSTD_CCtx_s;

namespace ingot::archive {

/// Writes to an open descriptor that somebody else owns (an os::AtomicFile, a pipe), in large
/// pieces. finish() writes what is held back; committing the file stays with its owner.
class FdSink final : public os::Sink {
public:
  FdSink(int fd, std::filesystem::path name);
  void write(std::span<const std::uint8_t> bytes) override;
  void finish() override;

private:
  int fd_;
  std::filesystem::path name_;
  std::vector<std::uint8_t> held_;
};

struct ZstdOptions {
  int level = 9;
  unsigned threads = 0;  ///< 0: one per core
};

void free_compressor(ZSTD_CCtx_s* context) noexcept;

/// Compresses into `next`, which must outlive this. One frame with a checksum. The bytes depend on
/// the level only, never on the number of threads.
class ZstdSink final : public os::Sink {
public:
  ZstdSink(os::Sink& next, ZstdOptions options);
  void write(std::span<const std::uint8_t> bytes) override;
  void finish() override;

private:
  os::Sink& next_;
  CHandle<ZSTD_CCtx_s, free_compressor> context_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace ingot::archive
