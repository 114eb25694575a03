// SPDX-License-Identifier: Apache-2.0
// SHA-256 on a thread of its own, beside whoever reads and writes the bytes.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "crypto/hasher.hpp"

namespace ingot::crypto {

/// Holds a few MiB at most; whoever is faster waits. Used by one thread at a time.
class BackgroundHasher {
public:
  BackgroundHasher();
  BackgroundHasher(const BackgroundHasher&) = delete;
  BackgroundHasher& operator=(const BackgroundHasher&) = delete;
  ~BackgroundHasher();

  /// Copies them.
  void update(std::span<const std::uint8_t> bytes);
  void update_zeros(std::uint64_t count);
  /// The digest of everything; nothing may follow. Throws what hashing has thrown.
  Sha256 finish();

private:
  struct Piece {
    std::vector<std::uint8_t> bytes;
    std::uint64_t zeros = 0;  ///< that follow them
  };

  void put(Piece piece);
  void run() noexcept;
  void hash(const Piece& piece);

  Hasher hasher_;
  std::vector<std::uint8_t> zeros_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> pieces_;
  bool complete_ = false;
  std::atomic<bool> abandoned_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  ///< last, as it uses the others
};

}  // namespace ingot::crypto
