// SPDX-License-Identifier: Apache-2.0
#include "os/file_lock.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

#include "base/error.hpp"
#include "os/signals.hpp"

namespace ingot::os {
namespace {

Fd open_lock(const std::filesystem::path& path) {
  return open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0644);
}

bool take(const Fd& fd, const std::filesystem::path& path) {
  for (;;) {
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) throw_errno("cannot lock " + path.string());
  }
}

}  // namespace

FileLock FileLock::wait(const std::filesystem::path& path) {
  Fd fd = open_lock(path);
  // A blocking flock would not see a stop signal that another thread received.
  std::chrono::milliseconds pause{5};
  while (!take(fd, path)) {
    check_stop();
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds{100});
  }
  return FileLock(std::move(fd));
}

std::optional<FileLock> FileLock::try_now(const std::filesystem::path& path) {
  Fd fd = open_lock(path);
  if (!take(fd, path)) return std::nullopt;
  return FileLock(std::move(fd));
}

}  // namespace ingot::os
