// SPDX-License-Identifier: Apache-2.0
#include "disk/block_stream.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "os/place.hpp"

namespace ingot::disk {

namespace {

constexpr std::size_t block_size = 4096;
constexpr std::size_t chunk_size = 1U << 20;
constexpr std::size_t chunk_count = 4;

bool is_zero(std::span<const std::uint8_t> block) {
  static constexpr std::array<std::uint8_t, block_size> zeros{};
  return std::memcmp(block.data(), zeros.data(), block.size()) == 0;
}

struct Chunk {
  std::uint64_t offset = 0;
  std::size_t used = 0;
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(chunk_size);

  std::uint64_t end() const { return offset + used; }
};

}  // namespace

void FileBlocks::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min(block_size, bytes.size() - at);
    if (is_zero(bytes.subspan(at, size))) {
      os::write_at(fd_, name_, offset + from, bytes.subspan(from, at - from));
      from = at + size;
    }
    at += size;
  }
  os::write_at(fd_, name_, offset + from, bytes.subspan(from));
}

/// The chunks go round: empty, being filled, full, being written.
class BlockStream::Queue {
public:
  explicit Queue(BlockSink& sink) : sink_(sink), empty_(chunk_count), writer_([this] { run(); }) {}

  ~Queue() {
    {
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
    }
    changed_.notify_all();
    writer_.join();
  }

  std::span<std::uint8_t> next(std::uint64_t offset, std::uint64_t most) {
    if (current_ && (current_->end() != offset || current_->used == chunk_size)) hand_over();
    if (!current_) {
      current_ = take_empty();
      current_->offset = offset;
      current_->used = 0;
    }
    const std::size_t size = std::min<std::uint64_t>(most, chunk_size - current_->used);
    const auto place = std::span(current_->bytes).subspan(current_->used, size);
    current_->used += size;
    return place;
  }

  void finish() {
    if (current_) hand_over();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return empty_.size() == chunk_count || failure_; });
    if (failure_) std::rethrow_exception(failure_);
  }

private:
  void hand_over() {
    {
      const std::lock_guard lock(mutex_);
      full_.push_back(std::move(*current_));
    }
    current_.reset();
    changed_.notify_all();
  }

  Chunk take_empty() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return !empty_.empty() || failure_; });
    if (failure_) std::rethrow_exception(failure_);
    Chunk chunk = std::move(empty_.back());
    empty_.pop_back();
    return chunk;
  }

  void run() noexcept {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return !full_.empty() || abandoned_; });
      if (abandoned_) return;
      Chunk chunk = std::move(full_.front());
      full_.pop_front();
      lock.unlock();
      std::exception_ptr failure;
      try {
        sink_.write(chunk.offset, std::span(chunk.bytes).first(chunk.used));
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      empty_.push_back(std::move(chunk));
      failure_ = failure;
      changed_.notify_all();
      if (failure_) return;
    }
  }

  BlockSink& sink_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Chunk> empty_;
  std::deque<Chunk> full_;
  std::optional<Chunk> current_;
  std::exception_ptr failure_;
  bool abandoned_ = false;
  std::thread writer_;  // last, as it uses the others
};

BlockStream::BlockStream(BlockSink& sink) : queue_(std::make_unique<Queue>(sink)) {}
BlockStream::~BlockStream() = default;

std::span<std::uint8_t> BlockStream::next(std::uint64_t offset, std::uint64_t most) {
  return queue_->next(offset, most);
}

void BlockStream::write(std::uint64_t offset, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const std::span<std::uint8_t> place = queue_->next(offset, bytes.size());
    std::copy_n(bytes.begin(), place.size(), place.begin());
    offset += place.size();
    bytes = bytes.subspan(place.size());
  }
}

void BlockStream::finish() { queue_->finish(); }

}  // namespace ingot::disk
