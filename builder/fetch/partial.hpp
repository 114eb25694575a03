// SPDX-License-Identifier: Apache-2.0
// A file on its way: what is there of it, and the running digest of that.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "crypto/hasher.hpp"
#include "os/fd.hpp"

namespace ingot::fetch {

class Partial {
public:
  Partial(std::filesystem::path path, Bytes limit) : path_(std::move(path)), limit_(limit) {}

  /// Opens (or makes) the file and hashes what it holds; one that is too long starts afresh.
  void open();
  /// Closes it; what is there stays.
  void close();
  /// Starts again with nothing.
  void restart();
  /// Closes and removes it.
  void discard();

  /// False, and nothing taken, when that would exceed the limit.
  bool append(std::span<const std::uint8_t> bytes);

  std::uint64_t size() const noexcept { return size_; }
  bool complete() const noexcept { return size_ == limit_.count; }
  /// Of all bytes; the file must be restarted or closed afterwards.
  Sha256 finish();
  const std::filesystem::path& path() const noexcept { return path_; }

private:
  std::filesystem::path path_;
  Bytes limit_;
  os::Fd fd_;
  std::optional<crypto::Hasher> hasher_;
  std::uint64_t size_ = 0;
};

}  // namespace ingot::fetch
