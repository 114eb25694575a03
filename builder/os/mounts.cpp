// SPDX-License-Identifier: Apache-2.0
#include "os/mounts.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::os {
namespace {

/// The kernel copies at most one page of options, and cuts the rest off.
constexpr std::size_t longest_options = 4095;

Fd open_source(const std::filesystem::path& path) { return open_file(path, O_PATH | O_DIRECTORY); }

std::string through(const Fd& fd) { return format("/proc/self/fd/{}", fd.get()); }

bool all_private() { return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0; }

/// Makes the root of a chroot the root of our mount namespace: no mount below it could be changed
/// from inside otherwise, and a program in a sandbox could climb out of the chroot.
void root_namespace_in_chroot() {
  const std::filesystem::path folder = std::filesystem::current_path();
  const Fd root = open_source("/");
  const Fd space = open_file("/proc/self/ns/mnt", O_RDONLY);
  // Joining a mount namespace, even the own one, leaves a chroot: see setns(2).
  if (::setns(space.get(), CLONE_NEWNS) != 0 || !all_private()) {
    throw_environment("cannot make mounts private in a chroot");
  }
  const Fd tree(::open_tree(root.get(), "",
                            OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE | AT_EMPTY_PATH));
  constexpr unsigned both_opened = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  if (!tree || ::move_mount(tree.get(), "", root.get(), "", both_opened) != 0 ||
      ::fchdir(tree.get()) != 0 || ::syscall(SYS_pivot_root, ".", ".") != 0 ||
      ::umount2(".", MNT_DETACH) != 0 || ::chdir(folder.c_str()) != 0) {
    throw_environment("cannot make the root of this chroot a mount");
  }
}

}  // namespace

void throw_environment(const std::string& doing) {
  throw Error(Fault::environment, doing + ": " + std::generic_category().message(errno));
}

void make_mounts_private() {
  if (all_private()) return;
  if (errno != EINVAL) throw_environment("cannot make mounts private");
  root_namespace_in_chroot();
}

Fd copy_of_tree(const std::filesystem::path& path) {
  Fd tree(::open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE));
  if (!tree) throw_environment("cannot bind " + path.string());
  return tree;
}

Fd new_filesystem(const std::string& type, const std::map<std::string, std::string>& options) {
  const Fd context(::fsopen(type.c_str(), FSOPEN_CLOEXEC));
  if (!context) throw_environment("cannot make a new " + type);
  for (const auto& [name, value] : options) {
    // Flags (newinstance) have no value.
    const int set =
        value.empty()
            ? ::fsconfig(context.get(), FSCONFIG_SET_FLAG, name.c_str(), nullptr, 0)
            : ::fsconfig(context.get(), FSCONFIG_SET_STRING, name.c_str(), value.c_str(), 0);
    if (set != 0) throw_environment("cannot set " + name + " of a new " + type);
  }
  if (::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    throw_environment("cannot make a new " + type);
  }
  Fd tree(::fsmount(context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
  if (!tree) throw_environment("cannot mount a new " + type);
  return tree;
}

void make_read_only(const Fd& tree, const std::filesystem::path& name) {
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_RDONLY;
  if (::mount_setattr(tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes,
                      sizeof attributes) != 0) {
    throw_environment("cannot make " + name.string() + " read-only");
  }
}

void attach(const Fd& tree, const std::filesystem::path& target) {
  if (::move_mount(tree.get(), "", AT_FDCWD, target.c_str(),
                   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) != 0) {
    throw_environment("cannot mount at " + target.string());
  }
}

OverlaySources::OverlaySources(const std::vector<std::filesystem::path>& lowers,
                               const std::optional<std::filesystem::path>& upper,
                               const std::optional<std::filesystem::path>& work) {
  for (const std::filesystem::path& lower : lowers) lowers_.push_back(open_source(lower));
  if (upper) upper_ = open_source(*upper);
  if (work) work_ = open_source(*work);
}

void OverlaySources::add_lowest(const std::filesystem::path& lower) {
  lowers_.insert(lowers_.begin(), open_source(lower));
}

void OverlaySources::mount_at(const std::filesystem::path& target) const {
  // userxattr is what user namespaces need, and it switches redirects off; metacopy and index
  // would leave an upper that only this overlay can read.
  std::string options = "userxattr,metacopy=off,index=off,lowerdir=";
  for (auto lower = lowers_.rbegin(); lower != lowers_.rend(); ++lower) {
    if (lower != lowers_.rbegin()) options += ':';
    options += through(*lower);
  }
  if (upper_) {
    // volatile: no fsync reaches the disk. Whoever keeps the upper syncs it once.
    options += ",volatile,upperdir=" + through(upper_) + ",workdir=" + through(work_);
  }
  if (options.size() > longest_options) {
    throw Error(Fault::unsupported,
                format("an overlay of {} folders is more than the kernel takes", lowers_.size()));
  }
  const unsigned long flags = upper_ ? 0 : MS_RDONLY;
  if (::mount("overlay", target.c_str(), "overlay", flags, options.c_str()) == 0) return;
  const int reason = errno;
  std::string hint;
  if (reason == ENODEV) hint = "; the kernel has no overlay file system (module 'overlay')";
  if (reason == EINVAL && upper_) {
    hint =
        "; changes must go to a file system that an overlay can write to (ext4, xfs, btrfs, "
        "tmpfs; not another overlay), with Linux 5.12 or newer";
  }
  throw Error(Fault::environment,
              "cannot mount an overlay: " + std::generic_category().message(reason) + hint);
}

}  // namespace ingot::os
