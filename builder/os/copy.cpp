// SPDX-License-Identifier: Apache-2.0
#include "os/copy.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/file.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

class Copy {
public:
  Copy(int from, fs::path source, int to, fs::path target)
      : from_(from), source_(std::move(source)), to_(to), target_(std::move(target)) {}

  void run() {
    struct stat status {};
    if (::fstat(from_, &status) != 0) throw_errno("cannot look at " + source_.string());
    const off_t size = status.st_size;
    for (off_t at = 0; at < size;) {
      const off_t begin = seek(at, SEEK_DATA, size);
      if (begin >= size) break;
      const off_t end = std::min(size, seek(begin, SEEK_HOLE, size));
      copy_range(begin, end);
      at = end;
    }
    if (::ftruncate(to_, size) != 0) throw_errno("cannot make " + target_.string() + " as long");
  }

private:
  /// Where data or a hole begins; the end of the file when there is none.
  off_t seek(off_t at, int what, off_t size) const {
    const off_t found = ::lseek(from_, at, what);
    if (found >= 0) return found;
    if (errno == ENXIO) return size;
    // A file system that knows no holes has data only.
    if (errno == EINVAL) return what == SEEK_DATA ? at : size;
    throw_errno("cannot read " + source_.string());
  }

  void copy_range(off_t at, off_t end) {
    while (at < end && shared_) {
      off_t in = at;
      off_t out = at;
      const ssize_t count =
          ::copy_file_range(from_, &in, to_, &out, static_cast<std::size_t>(end - at), 0);
      if (count > 0) {
        at += count;
      } else if (count == 0) {
        return;  // the file has become shorter; what is read of it ends here
      } else if (errno != EINTR) {
        // Between file systems and on old kernels the bytes go through us.
        if (errno == ENOSPC || errno == EDQUOT || errno == EIO)
          throw_errno("cannot write " + target_.string());
        shared_ = false;
      }
    }
    while (at < end) {
      buffer_.resize(1U << 18);
      const std::size_t wanted = std::min(buffer_.size(), static_cast<std::size_t>(end - at));
      const ssize_t count = ::pread(from_, buffer_.data(), wanted, at);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw_errno("cannot read " + source_.string());
      if (count == 0) return;
      write_at(std::span(buffer_).first(static_cast<std::size_t>(count)), at);
      at += count;
    }
  }

  void write_at(std::span<const std::uint8_t> bytes, off_t at) {
    while (!bytes.empty()) {
      const ssize_t count = ::pwrite(to_, bytes.data(), bytes.size(), at);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw_errno("cannot write " + target_.string());
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      at += count;
    }
  }

  int from_;
  fs::path source_;
  int to_;
  fs::path target_;
  bool shared_ = true;
  std::vector<std::uint8_t> buffer_;
};

bool clone(int from, int to) { return ::ioctl(to, FICLONE, from) == 0; }

}  // namespace

// Not std::filesystem::copy_file: that says "input/output error" when a disk is full.
void copy_file(const fs::path& from, const fs::path& to, unsigned mode) {
  const Fd source = open_file(from, O_RDONLY);
  AtomicFile target(to, mode);
  if (!clone(source.get(), target.fd())) Copy(source.get(), from, target.fd(), to).run();
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
