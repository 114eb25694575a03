// SPDX-License-Identifier: Apache-2.0
// Blocks on their way into an image, in ascending order: filled by one thread, written by another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace ingot::disk {

/// Takes what is not zero. Offsets only rise; what lies between two writes is zero.
class BlockSink {
public:
  BlockSink() = default;
  BlockSink(const BlockSink&) = delete;
  BlockSink& operator=(const BlockSink&) = delete;
  virtual ~BlockSink() = default;

  virtual void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) = 0;
};

/// Writes into an open file that holds zeros there; blocks of zeros stay holes. `fd` must outlive
/// this; `name` is for messages.
class FileBlocks : public BlockSink {
public:
  FileBlocks(int fd, std::filesystem::path name) : fd_(fd), name_(std::move(name)) {}
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override;

private:
  int fd_;
  std::filesystem::path name_;
};

class BlockStream {
public:
  /// `sink` is called from another thread until finish() has returned or this has gone.
  explicit BlockStream(BlockSink& sink);
  BlockStream(const BlockStream&) = delete;
  BlockStream& operator=(const BlockStream&) = delete;
  ~BlockStream();

  /// A place for the next bytes at `offset`, which is not before the end of the last ones: at most
  /// `most` bytes, whole blocks when `most` is. The caller fills all of it before the next call.
  /// Throws what the sink threw.
  std::span<std::uint8_t> next(std::uint64_t offset, std::uint64_t most);
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes);
  /// Waits until the sink has everything; throws what it threw.
  void finish();

private:
  class Queue;
  std::unique_ptr<Queue> queue_;
};

}  // namespace ingot::disk
