// SPDX-License-Identifier: Apache-2.0
#include "os/file_lock.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "os/signals.hpp"

namespace ingot::os {
namespace {

Fd open_lock(const std::filesystem::path& path) {
  return open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0644);
}

bool take(const Fd& fd, const std::filesystem::path& path, int kind = LOCK_EX) {
  for (;;) {
    if (::flock(fd.get(), kind | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw_errno("cannot lock " + path.string());
  }
}

/// Whether the open file is still the one at `path`.
bool is_there(const Fd& fd, const std::filesystem::path& path) {
  struct stat open {};
  struct stat there {};
  return ::fstat(fd.get(), &open) == 0 && ::lstat(path.c_str(), &there) == 0 &&
         open.st_dev == there.st_dev && open.st_ino == there.st_ino;
}

// A blocking flock would not see a stop signal that another thread received.
void wait_for(const Fd& fd, const std::filesystem::path& path, int kind) {
  std::chrono::milliseconds pause{5};
  while (!take(fd, path, kind)) {
    check_stop();
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{100});
  }
}

}  // namespace

FileLock FileLock::wait(const std::filesystem::path& path) {
  Fd fd = open_lock(path);
  wait_for(fd, path, LOCK_EX);
  return FileLock(std::move(fd));
}

FileLock FileLock::wait_shared(const std::filesystem::path& path) {
  for (;;) {
    Fd fd = open_lock(path);
    wait_for(fd, path, LOCK_SH);
    if (is_there(fd, path)) return FileLock(std::move(fd));
  }
}

std::optional<FileLock> FileLock::try_now(const std::filesystem::path& path) {
  Fd fd = open_lock(path);
  if (!take(fd, path)) return std::nullopt;
  return FileLock(std::move(fd));
}

}  // namespace ingot::os
