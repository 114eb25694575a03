// SPDX-License-Identifier: Apache-2.0
#include "crypto/background_hasher.hpp"

#include <algorithm>
#include <utility>

namespace ingot::crypto {
namespace {

constexpr std::size_t most_pieces = 8;
constexpr std::size_t zeros_at_once = std::size_t{1} << 20;

}  // namespace

BackgroundHasher::BackgroundHasher() : zeros_(zeros_at_once), thread_([this] { run(); }) {}

BackgroundHasher::~BackgroundHasher() {
  {
    const std::scoped_lock lock(mutex_);
    abandoned_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackgroundHasher::update(std::span<const std::uint8_t> bytes) {
  if (!bytes.empty()) put({{bytes.begin(), bytes.end()}, 0});
}

void BackgroundHasher::update_zeros(std::uint64_t count) {
  if (count != 0) put({{}, count});
}

Sha256 BackgroundHasher::finish() {
  {
    const std::scoped_lock lock(mutex_);
    complete_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
  return hasher_.finish();
}

void BackgroundHasher::put(Piece piece) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return pieces_.size() < most_pieces || failure_; });
  if (failure_) std::rethrow_exception(failure_);
  pieces_.push_back(std::move(piece));
  lock.unlock();
  changed_.notify_all();
}

void BackgroundHasher::run() noexcept {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return !pieces_.empty() || complete_ || abandoned_; });
    if (abandoned_ || pieces_.empty()) return;
    const Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    lock.unlock();
    changed_.notify_all();
    std::exception_ptr failure;
    try {
      hash(piece);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    if (!failure) continue;
    failure_ = failure;
    changed_.notify_all();
    return;
  }
}

void BackgroundHasher::hash(const Piece& piece) {
  hasher_.update(piece.bytes);
  for (std::uint64_t left = piece.zeros; left > 0 && !abandoned_;) {
    const std::uint64_t count = std::min<std::uint64_t>(zeros_.size(), left);
    hasher_.update(std::span(zeros_).first(static_cast<std::size_t>(count)));
    left -= count;
  }
}

}  // namespace ingot::crypto
