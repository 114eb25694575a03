// SPDX-License-Identifier: Apache-2.0
#include "os/file_stamp.hpp"

#include <cerrno>

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

std::string time_text(const FileStamp& stamp) {
  return format("{}.{:09}", stamp.seconds, stamp.nanoseconds);
}

}  // namespace ingot::os
