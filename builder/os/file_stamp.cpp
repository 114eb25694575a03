// SPDX-License-Identifier: Apache-2.0
#include "os/file_stamp.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::os {

std::optional<FileStamp> file_stamp(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw_errno("cannot look at " + path.string());
  }
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return FileStamp{static_cast<std::uint64_t>(status.st_size), status.st_mtim.tv_sec,
                   status.st_mtim.tv_nsec};
}

void note_use(const std::filesystem::path& path) noexcept {
  const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                            {.tv_sec = 0, .tv_nsec = UTIME_NOW}};
  (void)::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
}

std::int64_t last_use(const std::filesystem::path& path) noexcept {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mtim.tv_sec : 0;
}

std::string time_text(const FileStamp& stamp) {
  return format("{}.{:09}", stamp.seconds, stamp.nanoseconds);
}

}  // namespace ingot::os
