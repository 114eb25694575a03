// SPDX-License-Identifier: Apache-2.0
#include "os/filled_ranges.hpp"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"

namespace ingot::os {
namespace {

/// Where data or a hole begins; the end of the file when there is none.
off_t seek(int fd, const std::filesystem::path& name, off_t at, int what, off_t size) {
  const off_t found = ::lseek(fd, at, what);
  if (found >= 0) return found;
  if (errno == ENXIO) return size;
  // A file system that knows no holes has data only.
  if (errno == EINVAL) return what == SEEK_DATA ? at : size;
  throw_errno("cannot read " + name.string());
}

}  // namespace

std::vector<FilledRange> filled_ranges(int fd, const std::filesystem::path& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw_errno("cannot look at " + name.string());
  const off_t size = status.st_size;
  std::vector<FilledRange> ranges;
  for (off_t at = seek(fd, name, 0, SEEK_DATA, size); at < size;) {
    const off_t end = std::min(size, seek(fd, name, at, SEEK_HOLE, size));
    ranges.push_back({static_cast<std::uint64_t>(at), static_cast<std::uint64_t>(end - at)});
    at = seek(fd, name, end, SEEK_DATA, size);
  }
  return ranges;
}

}  // namespace ingot::os
