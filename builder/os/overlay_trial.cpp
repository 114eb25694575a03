// SPDX-License-Identifier: Apache-2.0
#include "os/overlay_trial.hpp"

#include <array>
#include <cerrno>

#include <dirent.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/handle.hpp"
#include "os/file.hpp"
#include "os/mounts.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

/// Unmounted before the folder around it is removed.
class Mounted {
public:
  explicit Mounted(fs::path at) : at_(std::move(at)) {}
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  ~Mounted() { ::umount2(at_.c_str(), MNT_DETACH); }

private:
  fs::path at_;
};

void require_that(bool holds, const std::string& what) {
  if (!holds) throw Error(Fault::environment, what);
}

void change(const fs::path& root) {
  if (::unlink((root / "gone").c_str()) != 0) throw_environment("cannot remove in an overlay");
  fs::remove_all(root / "folder");
  fs::create_directory(root / "folder");
  write_file(root / "new", "new");
  if (::lchown((root / "new").c_str(), 1, 65534) != 0) {
    throw_environment("cannot give a file to other ids");
  }
}

void check(const fs::path& upper) {
  struct stat status {};
  require_that(::lstat((upper / "gone").c_str(), &status) == 0 && S_ISCHR(status.st_mode) &&
                   status.st_rdev == makedev(0, 0),
               "a removed file leaves no whiteout there");
  std::array<char, 8> value{};
  require_that(::lgetxattr((upper / "folder").c_str(), "user.overlay.opaque", value.data(),
                           value.size()) > 0,
               "the file system keeps no attributes of the class 'user'");
  require_that(::lstat((upper / "new").c_str(), &status) == 0 && status.st_uid == 1 &&
                   status.st_gid == 65534,
               "files do not keep their owners there");
  const CHandle<DIR, ::closedir> folder(::opendir(upper.c_str()));
  if (!folder) throw_environment("cannot read " + upper.string());
  while (const dirent* entry = ::readdir(folder.get())) {
    require_that(entry->d_type != DT_UNKNOWN, "the file system does not tell the types of files");
  }
}

}  // namespace

void try_overlay(const fs::path& folder) {
  const TempDir place(".overlay", folder);
  const fs::path& base = place.path();
  for (const char* name : {"lower/folder", "upper", "work", "root"}) {
    fs::create_directories(base / name);
  }
  write_file(base / "lower" / "gone", "old");
  write_file(base / "lower" / "folder" / "inside", "old");
  {
    OverlaySources({base / "lower"}, base / "upper", base / "work").mount_at(base / "root");
    const Mounted mounted(base / "root");
    change(base / "root");
  }
  check(base / "upper");
}

}  // namespace ingot::os
