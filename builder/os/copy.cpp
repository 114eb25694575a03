// SPDX-License-Identifier: Apache-2.0
#include "os/copy.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/copy_range.hpp"
#include "os/file.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

/// Where data or a hole begins; the end of the file when there is none.
off_t seek(const Stretch& file, off_t at, int what, off_t size) {
  const off_t found = ::lseek(file.fd, at, what);
  if (found >= 0) return found;
  if (errno == ENXIO) return size;
  // A file system that knows no holes has data only.
  if (errno == EINVAL) return what == SEEK_DATA ? at : size;
  throw_errno("cannot read " + file.name.string());
}

void copy_data(const Stretch& from, const Stretch& to) {
  struct stat status {};
  if (::fstat(from.fd, &status) != 0) throw_errno("cannot look at " + from.name.string());
  const off_t size = status.st_size;
  for (off_t at = seek(from, 0, SEEK_DATA, size); at < size;) {
    const off_t end = std::min(size, seek(from, at, SEEK_HOLE, size));
    const auto offset = static_cast<std::uint64_t>(at);
    copy_range({from.fd, from.name, offset}, {to.fd, to.name, offset},
               static_cast<std::uint64_t>(end - at));
    at = seek(from, end, SEEK_DATA, size);
  }
  if (::ftruncate(to.fd, size) != 0) throw_errno("cannot make " + to.name.string() + " as long");
}

bool clone(int from, int to) { return ::ioctl(to, FICLONE, from) == 0; }

}  // namespace

// Not std::filesystem::copy_file: that says "input/output error" when a disk is full.
void copy_file(const fs::path& from, const fs::path& to, unsigned mode) {
  const Fd source = open_file(from, O_RDONLY);
  AtomicFile target(to, mode);
  if (!clone(source.get(), target.fd())) copy_data({source.get(), from}, {target.fd(), to});
  target.commit();
}

void share_file(const fs::path& from, const fs::path& to) {
  const Fd source = open_file(from, O_RDONLY);
  {
    AtomicFile target(to);
    if (clone(source.get(), target.fd())) return target.commit();
  }
  if (::link(from.c_str(), to.c_str()) == 0) return;
  if (errno == EEXIST) throw_errno("cannot make " + to.string());
  os::copy_file(from, to);
}

}  // namespace ingot::os
