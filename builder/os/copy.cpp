// SPDX-License-Identifier: Apache-2.0
#include "os/copy.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/copy_range.hpp"
#include "os/file.hpp"
#include "os/filled_ranges.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

void copy_data(const Stretch& from, const Stretch& to) {
  struct stat status {};
  if (::fstat(from.fd, &status) != 0) throw_errno("cannot look at " + from.name.string());
  for (const FilledRange& range : filled_ranges(from.fd, from.name))
    copy_range({from.fd, from.name, range.offset}, {to.fd, to.name, range.offset}, range.size);
  if (::ftruncate(to.fd, status.st_size) != 0)
    throw_errno("cannot make " + to.name.string() + " as long");
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
