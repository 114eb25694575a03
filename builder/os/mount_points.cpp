// SPDX-License-Identifier: Apache-2.0
#include "os/mount_points.hpp"

#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/file.hpp"
#include "os/mounts.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

struct stat status_of(const Fd& fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_environment("cannot read " + name);
  return status;
}

bool same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

void sketch_mount_points(const fs::path& folder, const std::vector<MountPoint>& points) {
  for (const MountPoint& point : points) {
    const fs::path place = folder / fs::path(point.target).relative_path();
    std::error_code failed;
    fs::create_directories(point.kind == PointKind::folder ? place : place.parent_path(), failed);
    if (failed) {
      throw Error(Fault::environment,
                  "cannot make mount point " + point.target + ": " + failed.message());
    }
    if (point.kind == PointKind::file) open_file(place, O_WRONLY | O_CREAT, 0644);
  }
}

MountPoints::MountPoints(const fs::path& root)
    : name_(root), root_(open_file(root, O_PATH | O_DIRECTORY)) {}

Fd MountPoints::found(const std::string& target) const {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return Fd(
      static_cast<int>(::syscall(SYS_openat2, root_.get(), target.c_str(), &how, sizeof how)));
}

void MountPoints::make(const MountPoint& point) {
  const Fd existing = found(point.target);
  if (existing) {
    const bool folder = S_ISDIR(status_of(existing, point.target).st_mode);
    if (folder != (point.kind == PointKind::folder)) {
      throw Error(Fault::environment, "cannot mount at " + point.target + ": it is " +
                                          (folder ? "a folder" : "no folder"));
    }
    return;
  }
  if (errno != ENOENT) throw_environment("cannot mount at " + point.target);
  const fs::path place = fs::path(point.target).lexically_normal();
  const std::string parent = place.parent_path().string();
  make({.target = parent, .kind = PointKind::folder});
  const Fd folder = found(parent);
  if (!folder) throw_environment("cannot make mount point " + point.target);
  make_in(folder, place.filename().string(), point);
}

void MountPoints::make_in(const Fd& folder, const std::string& name, const MountPoint& point) {
  const timespec before = status_of(folder, point.target).st_mtim;
  int made = -1;
  if (point.kind == PointKind::folder) {
    made = ::mkdirat(folder.get(), name.c_str(), 0755);
  } else {
    made = ::openat(folder.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (made >= 0) ::close(made);
  }
  if (made < 0 && errno == EEXIST) {
    throw Error(Fault::environment,
                "cannot mount at " + point.target + ": it is a link that leads nowhere");
  }
  if (made < 0) throw_environment("cannot make mount point " + point.target);
  Fd again(::fcntl(folder.get(), F_DUPFD_CLOEXEC, 0));
  if (!again) throw_environment("cannot make mount point " + point.target);
  made_.push_back({.folder = std::move(again),
                   .name = name,
                   .kind = point.kind,
                   .before = before,
                   .after = status_of(folder, point.target).st_mtim});
}

void MountPoints::remove_made() noexcept {
  while (!made_.empty()) {
    const Made& last = made_.back();
    struct stat status {};
    const bool untouched =
        ::fstat(last.folder.get(), &status) == 0 && same(status.st_mtim, last.after);
    const int flags = last.kind == PointKind::folder ? AT_REMOVEDIR : 0;
    const bool removed = ::unlinkat(last.folder.get(), last.name.c_str(), flags) == 0;
    if (removed && untouched) {
      const timespec times[2] = {{0, UTIME_OMIT}, last.before};
      ::utimensat(last.folder.get(), ".", times, 0);
    }
    made_.pop_back();
  }
}

}  // namespace ingot::os
