// SPDX-License-Identifier: Apache-2.0
#include "archive/destination.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::archive {
namespace {

/// Opens as in a chroot at `root`; -1 with errno.
int open_inside(int root, const std::string& path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  for (int attempt = 0;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if (errno == ENOSYS) {
      throw Error(Fault::environment, "the kernel lacks openat2 (Linux 5.6 or newer is needed)");
    }
    // EAGAIN: something was renamed meanwhile, and the kernel could not be sure.
    if (errno != EINTR && (errno != EAGAIN || attempt >= 100)) return -1;
  }
}

timespec time_of(const Attributes& attributes) {
  return {.tv_sec = static_cast<time_t>(attributes.mtime),
          .tv_nsec = static_cast<long>(attributes.nanoseconds)};
}

bool needs_root(std::string_view attribute) {
  return attribute.starts_with("security.") || attribute.starts_with("trusted.");
}

void apply_xattrs(int fd, const std::string& name, const Attributes& attributes,
                  bool is_root_user) {
  for (const auto& [key, value] : attributes.xattrs) {
    if (!is_root_user && needs_root(key)) continue;
    if (::fsetxattr(fd, key.c_str(), value.data(), value.size(), 0) != 0) {
      throw_errno(format("setting the attribute {} of {}", key, name));
    }
  }
}

/// Owner first: changing it clears setuid bits and capabilities.
void apply_all(int fd, const std::string& name, const Attributes& attributes, bool is_root_user) {
  if (is_root_user && ::fchown(fd, attributes.uid, attributes.gid) != 0) {
    throw_errno("changing the owner of " + name);
  }
  apply_xattrs(fd, name, attributes, is_root_user);
  if (::fchmod(fd, attributes.mode) != 0) throw_errno("changing the mode of " + name);
  const timespec times[2] = {time_of(attributes), time_of(attributes)};
  if (::futimens(fd, times) != 0) throw_errno("changing the time of " + name);
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string last_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

Destination::Destination(const std::filesystem::path& root, Fidelity fidelity)
    : root_name_(root),
      root_(os::open_file(root, O_PATH | O_DIRECTORY)),
      fidelity_(fidelity),
      is_root_user_(::geteuid() == 0) {}

std::string Destination::where(std::string_view path) const {
  return format("'{}' in {}", path, root_name_.string());
}

os::Fd Destination::open_folder(const std::string& path, bool make) {
  const std::string shown = path.empty() ? "." : path;
  os::Fd folder(open_inside(root_.get(), shown, O_PATH | O_DIRECTORY));
  if (folder || !make) return folder;
  if (errno != ENOENT) throw_errno("opening the folder " + where(shown));
  const os::Fd parent = open_folder(parent_of(path), true);
  if (::mkdirat(parent.get(), last_of(path).c_str(), 0755) != 0) {
    if (errno != EEXIST) throw_errno("making the folder " + where(shown));
    throw Error(Fault::verification, where(shown) + " is a link that leads nowhere");
  }
  folder = os::Fd(open_inside(root_.get(), shown, O_PATH | O_DIRECTORY));
  struct stat status {};
  if (!folder || ::fstat(folder.get(), &status) != 0) {
    throw_errno("opening the new folder " + where(shown));
  }
  made_.insert({status.st_dev, status.st_ino});
  return folder;
}

std::pair<int, std::string> Destination::place_of(const std::string& path) {
  const std::string parent = parent_of(path);
  if (!open_folder_ || open_path_ != parent) {
    open_folder_ = open_folder(parent, true);
    open_path_ = parent;
  }
  return {open_folder_.get(), last_of(path)};
}

bool Destination::is_folder(const std::string& path) { return bool(open_folder(path, false)); }

void Destination::make_way(int folder, const std::string& name, const std::string& path) {
  open_path_.reset();  // a link that the remembered folder was reached through may be going
  if (::unlinkat(folder, name.c_str(), 0) == 0) return;
  if (errno == EISDIR || errno == EPERM) {
    throw Error(Fault::verification, where(path) + " is a folder; it is not replaced by a file");
  }
  throw_errno("replacing " + where(path));
}

void Destination::add_folder(const std::string& path, Attributes attributes) {
  struct stat status {};
  const os::Fd there = open_folder(path, false);
  if (there) {
    // Made as the parent of an earlier entry: it still gets what the archive says.
    if (::fstat(there.get(), &status) != 0) throw_errno("reading " + where(path));
    const Inode inode{status.st_dev, status.st_ino};
    if (fidelity_ == Fidelity::exact) made_.insert(inode);
    if (made_.contains(inode)) folders_.insert_or_assign(path, std::move(attributes));
    return;
  }
  const auto [folder, name] = place_of(path);
  if (::mkdirat(folder, name.c_str(), 0755) != 0) {
    if (errno != EEXIST) throw_errno("making the folder " + where(path));
    make_way(folder, name, path);
    if (::mkdirat(folder, name.c_str(), 0755) != 0) throw_errno("making " + where(path));
  }
  const os::Fd made = open_folder(path, false);
  if (!made || ::fstat(made.get(), &status) != 0) throw_errno("opening " + where(path));
  made_.insert({status.st_dev, status.st_ino});
  folders_.insert_or_assign(path, std::move(attributes));
}

os::Fd Destination::add_file(const std::string& path) {
  const auto [folder, name] = place_of(path);
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  os::Fd file(::openat(folder, name.c_str(), flags, 0600));
  if (!file && errno == EEXIST) {
    make_way(folder, name, path);
    file = os::Fd(::openat(folder, name.c_str(), flags, 0600));
  }
  if (!file) throw_errno("making the file " + where(path));
  return file;
}

void Destination::finish_file(const os::Fd& file, const std::string& path,
                              const Attributes& attributes) {
  apply_all(file.get(), where(path), attributes, is_root_user_);
}

void Destination::apply_to_node(int folder, const std::string& name, const std::string& path,
                                const Attributes& attributes) {
  if (is_root_user_ &&
      ::fchownat(folder, name.c_str(), attributes.uid, attributes.gid, AT_SYMLINK_NOFOLLOW) != 0) {
    throw_errno("changing the owner of " + where(path));
  }
  if (fidelity_ == Fidelity::exact && !attributes.xattrs.empty()) {
    const os::Fd node(::openat(folder, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!node) throw_errno("opening " + where(path));
    const std::string place = format("/proc/self/fd/{}", node.get());
    for (const auto& [key, value] : attributes.xattrs) {
      if (!is_root_user_ && needs_root(key)) continue;
      if (::setxattr(place.c_str(), key.c_str(), value.data(), value.size(), 0) != 0)
        throw_errno(format("setting the attribute {} of {}", key, where(path)));
    }
  }
  const timespec times[2] = {time_of(attributes), time_of(attributes)};
  if (::utimensat(folder, name.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) {
    throw_errno("changing the time of " + where(path));
  }
}

void Destination::add_link(const std::string& path, const std::string& target,
                           const Attributes& attributes) {
  const auto [folder, name] = place_of(path);
  if (::symlinkat(target.c_str(), folder, name.c_str()) != 0) {
    if (errno != EEXIST) throw_errno("making the link " + where(path));
    if (is_folder(path)) return;
    make_way(folder, name, path);
    if (::symlinkat(target.c_str(), folder, name.c_str()) != 0) {
      throw_errno("making the link " + where(path));
    }
  }
  apply_to_node(folder, name, path, attributes);
}

void Destination::add_hard_link(const std::string& path, const std::string& existing) {
  const os::Fd source = open_folder(parent_of(existing), false);
  const std::string source_name = last_of(existing);
  struct stat status {};
  if (!source || ::fstatat(source.get(), source_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      S_ISDIR(status.st_mode)) {
    throw Error(
        Fault::verification,
        format("{} is to be a hard link to '{}', which is no file there", where(path), existing));
  }
  const auto [folder, name] = place_of(path);
  const auto link = [&source, &source_name, place = folder, &name = name] {
    return ::linkat(source.get(), source_name.c_str(), place, name.c_str(), 0);
  };
  if (link() == 0) return;
  if (errno != EEXIST) throw_errno("making the hard link " + where(path));
  struct stat present {};
  if (::fstatat(folder, name.c_str(), &present, AT_SYMLINK_NOFOLLOW) == 0 &&
      present.st_dev == status.st_dev && present.st_ino == status.st_ino) {
    return;
  }
  make_way(folder, name, path);
  if (link() != 0) throw_errno("making the hard link " + where(path));
}

void Destination::add_fifo(const std::string& path, const Attributes& attributes) {
  add_node(path, S_IFIFO, 0, attributes);
}

void Destination::add_device(const std::string& path, mode_t type, dev_t device,
                             const Attributes& attributes) {
  add_node(path, type, device, attributes);
}

void Destination::add_node(const std::string& path, mode_t type, dev_t device,
                           const Attributes& attributes) {
  const auto [folder, name] = place_of(path);
  if (::mknodat(folder, name.c_str(), type | 0600, device) != 0) {
    if (errno != EEXIST) throw_errno("making the node " + where(path));
    make_way(folder, name, path);
    if (::mknodat(folder, name.c_str(), type | 0600, device) != 0)
      throw_errno("making the node " + where(path));
  }
  apply_to_node(folder, name, path, attributes);
  if (::fchmodat(folder, name.c_str(), attributes.mode, 0) != 0) {
    throw_errno("changing the mode of " + where(path));
  }
}

void Destination::finish() {
  // Innermost first (a folder sorts before what it holds): one that even its owner may not enter
  // must not stop the others.
  for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder) {
    const os::Fd fd(open_inside(root_.get(), folder->first, O_RDONLY | O_DIRECTORY));
    struct stat status {};
    if (!fd || ::fstat(fd.get(), &status) != 0) throw_errno("opening " + where(folder->first));
    if (!made_.contains({status.st_dev, status.st_ino})) continue;
    apply_all(fd.get(), where(folder->first), folder->second, is_root_user_);
  }
  folders_.clear();
}

}  // namespace ingot::archive
