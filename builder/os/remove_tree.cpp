// SPDX-License-Identifier: Apache-2.0
// Removing trees, relative to open folders so that no swapped link leads out.
#include <cerrno>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/file.hpp"
#include "os/folder_names.hpp"
#include "os/mount_id.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

Fd open_folder(int parent, const std::string& name, const fs::path& shown) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  Fd folder(::openat(parent, name.c_str(), flags));
  if (!folder && errno == EACCES) {
    if (::fchmodat(parent, name.c_str(), 0700, 0) == 0)
      folder = Fd(::openat(parent, name.c_str(), flags));
  }
  if (!folder) throw_errno("cannot open " + shown.string() + " to remove it");
  return folder;
}

void remove_entry(int parent, const std::string& name, const fs::path& shown, std::uint64_t mount);

void remove_content(int folder, const fs::path& shown, std::uint64_t mount) {
  // Names go without write or search permission only after it was granted; root needs none.
  struct stat status {};
  if (::fstat(folder, &status) == 0 && (status.st_mode & 0700) != 0700) {
    ::fchmod(folder, (status.st_mode & 07777) | 0700);
  }
  for (const std::string& name : folder_names(folder, shown)) {
    remove_entry(folder, name, shown / name, mount);
  }
}

void remove_entry(int parent, const std::string& name, const fs::path& shown, std::uint64_t mount) {
  if (::unlinkat(parent, name.c_str(), 0) == 0 || errno == ENOENT) return;
  if (errno != EISDIR && errno != EPERM) throw_errno("cannot remove " + shown.string());
  struct stat status {};
  if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (errno == ENOENT) return;
    throw_errno("cannot remove " + shown.string());
  }
  if (!S_ISDIR(status.st_mode)) throw_errno("cannot remove " + shown.string(), EPERM);
  {
    const Fd folder = open_folder(parent, name, shown);
    if (mount_id_of(folder.get(), shown) != mount) {
      throw Error(Fault::io, "cannot remove " + shown.string() +
                                 ": something is mounted there; unmount it first");
    }
    remove_content(folder.get(), shown, mount);
  }
  if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    throw_errno("cannot remove " + shown.string());
  }
}

}  // namespace

void remove_tree(const fs::path& path) {
  const fs::path plain = path.has_filename() ? path : path.parent_path();
  const fs::path parent = plain.has_parent_path() ? plain.parent_path() : fs::path(".");
  const Fd folder(::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) {
    if (errno == ENOENT || errno == ENOTDIR) return;
    throw_errno("cannot open " + parent.string());
  }
  remove_entry(folder.get(), plain.filename().string(), plain, mount_id_of(folder.get(), parent));
}

}  // namespace ingot::os
