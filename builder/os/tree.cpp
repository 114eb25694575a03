// SPDX-License-Identifier: Apache-2.0
#include "os/tree.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/folder_names.hpp"
#include "os/mount_id.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

FileKind kind_of(mode_t mode, const fs::path& path) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return FileKind::regular;
    case S_IFDIR:
      return FileKind::folder;
    case S_IFLNK:
      return FileKind::link;
    case S_IFCHR:
      return FileKind::character_device;
    case S_IFBLK:
      return FileKind::block_device;
    case S_IFIFO:
      return FileKind::fifo;
    case S_IFSOCK:
      return FileKind::socket;
    default:
      throw Error(Fault::io, path.string() + " is of an unknown kind");
  }
}

std::string link_target(const fs::path& path) {
  std::array<char, 4097> buffer{};  // PATH_MAX bounds what Linux stores
  const ssize_t length = ::readlink(path.c_str(), buffer.data(), buffer.size());
  if (length < 0) throw_errno("cannot read link " + path.string());
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

/// Reads a value whose size is not known before, and may change between two calls.
template <class Read>
std::string sized(Read read, const fs::path& path) {
  std::string value(256, '\0');
  for (;;) {
    const ssize_t got = read(value.data(), value.size());
    if (got >= 0) {
      value.resize(static_cast<std::size_t>(got));
      return value;
    }
    if (errno == ENOTSUP) return {};
    if (errno != ERANGE) throw_errno("cannot read extended attributes of " + path.string());
    // 64 KiB is the kernel's limit for one value and for a list of names.
    if (value.size() >= 65536) throw_errno("cannot read extended attributes of " + path.string());
    value.resize(value.size() == 256 ? 4096 : 65536);
  }
}

std::string xattr_of(const fs::path& path, const std::string& name) {
  return sized(
      [&](char* buffer, std::size_t size) {
        return ::lgetxattr(path.c_str(), name.c_str(), buffer, size);
      },
      path);
}

void read_xattrs(const fs::path& path, TreeEntry& entry) {
  const std::string names = sized(
      [&](char* buffer, std::size_t size) { return ::llistxattr(path.c_str(), buffer, size); },
      path);
  for (std::size_t at = 0; at < names.size();) {
    const std::string name = names.c_str() + at;
    at += name.size() + 1;
    if (name == "user.overlay.opaque") entry.opaque = xattr_of(path, name) == "y";
    if (name.starts_with("user.overlay.") || name.starts_with("trusted.overlay.")) continue;
    entry.xattrs[name] = xattr_of(path, name);
  }
}

std::vector<std::string> sorted_names(const fs::path& folder, int fd) {
  std::vector<std::string> names = folder_names(fd, folder);
  std::sort(names.begin(), names.end());
  return names;
}

class Walk {
public:
  Walk(fs::path root, const TreeVisitor& visit) : root_(std::move(root)), visit_(visit) {}

  void visit_all() {
    const Fd folder = open_file(root_, O_RDONLY | O_DIRECTORY);
    mount_ = mount_id_of(folder.get(), root_);
    visit_entry(root_, ".");
    visit_content(folder, root_, "");
  }

private:
  /// Tells whether the entry is a folder.
  bool visit_entry(const fs::path& path, const std::string& relative) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) throw_errno("cannot read " + path.string());
    TreeEntry entry;
    entry.path = relative;
    entry.kind = kind_of(status.st_mode, path);
    entry.mode = status.st_mode & 07777;
    entry.uid = status.st_uid;
    entry.gid = status.st_gid;
    if (entry.kind == FileKind::regular) entry.size = static_cast<std::uint64_t>(status.st_size);
    entry.mtime = status.st_mtim.tv_sec;
    entry.nanoseconds = static_cast<std::uint32_t>(status.st_mtim.tv_nsec);
    if (entry.kind == FileKind::character_device || entry.kind == FileKind::block_device) {
      entry.device = status.st_rdev;
    }
    entry.inode = number_of(status);
    entry.links = status.st_nlink;
    if (entry.kind == FileKind::link) entry.target = link_target(path);
    read_xattrs(path, entry);
    visit_(entry, [&] { return open_file(path, O_RDONLY | O_NOFOLLOW); });
    return entry.kind == FileKind::folder;
  }

  void visit_content(const Fd& folder, const fs::path& path, const std::string& prefix) {
    for (const std::string& name : sorted_names(path, folder.get())) {
      const fs::path inner = path / name;
      if (!visit_entry(inner, prefix + name)) continue;
      const Fd next = open_file(inner, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (mount_id_of(next.get(), inner) == mount_) {
        visit_content(next, inner, prefix + name + "/");
      }
    }
  }

  /// Inode numbers of an overlay are unique only together with the device; ours are unique alone.
  std::uint64_t number_of(const struct stat& status) {
    if (S_ISDIR(status.st_mode) || status.st_nlink < 2) return ++last_number_;
    const auto [found, fresh] =
        numbers_.try_emplace(std::pair(status.st_dev, status.st_ino), last_number_ + 1);
    if (fresh) ++last_number_;
    return found->second;
  }

  fs::path root_;
  const TreeVisitor& visit_;
  std::uint64_t mount_ = 0;
  std::uint64_t last_number_ = 0;
  std::map<std::pair<dev_t, ino_t>, std::uint64_t> numbers_;
};

}  // namespace

void walk_tree(const fs::path& root, const TreeVisitor& visit) { Walk(root, visit).visit_all(); }

}  // namespace ingot::os
