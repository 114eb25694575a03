// SPDX-License-Identifier: Apache-2.0
// Advisory lock on a file (flock): dies with its holder, so no stale locks.
#pragma once

#include <filesystem>
#include <optional>

#include "os/fd.hpp"

namespace ingot::os {

class FileLock {
public:
  /// Waits for the exclusive lock; creates the file.
  static FileLock wait(const std::filesystem::path& path);
  /// The exclusive lock, or nothing when somebody holds it.
  static std::optional<FileLock> try_now(const std::filesystem::path& path);
  /// Waits for a lock that any number may share, and that excludes the others. The holder of the
  /// exclusive lock may have removed the file: the lock is always on the one that is there.
  static FileLock wait_shared(const std::filesystem::path& path);

private:
  explicit FileLock(Fd fd) : fd_(std::move(fd)) {}
  Fd fd_;
};

}  // namespace ingot::os
