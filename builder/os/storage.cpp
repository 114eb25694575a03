// SPDX-License-Identifier: Apache-2.0
#include "os/storage.hpp"

#include <array>
#include <utility>

#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::os {
namespace {

namespace fs = std::filesystem;

/// Of statfs(2).
std::string type_name(std::uint64_t magic) {
  constexpr std::array<std::pair<std::uint64_t, const char*>, 14> names{{
      {0xEF53, "ext4"},
      {0x58465342, "xfs"},
      {0x9123683E, "btrfs"},
      {0x01021994, "tmpfs"},
      {0x794C7630, "overlay"},
      {0x2FC12FC1, "zfs"},
      {0xF2F52010, "f2fs"},
      {0xCA451A4E, "bcachefs"},
      {0x6969, "nfs"},
      {0xFF534D42, "cifs"},
      {0xFE534D42, "smb2"},
      {0x01021997, "9p"},
      {0x65735546, "fuse"},
      {0x4D44, "vfat"},
  }};
  for (const auto& [number, name] : names) {
    if (number == magic) return name;
  }
  return format("type {:#x}", magic);
}

}  // namespace

Storage storage_of(const fs::path& folder) {
  Storage found;
  found.folder = folder.lexically_normal();
  struct statvfs room {};
  while (::statvfs(found.folder.c_str(), &room) != 0) {
    if (!found.folder.has_relative_path()) throw_errno("cannot ask " + found.folder.string());
    found.folder = found.folder.parent_path();
  }
  struct statfs kind {};
  if (::statfs(found.folder.c_str(), &kind) == 0) {
    // Signed and of different width on different machines.
    found.type = type_name(static_cast<std::uint32_t>(kind.f_type));
  }
  struct stat status {};
  if (::stat(found.folder.c_str(), &status) == 0) found.device = status.st_dev;
  found.free = Bytes{static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize};
  if (room.f_files != 0) found.free_files = room.f_favail;
  found.runs_programs = (room.f_flag & ST_NOEXEC) == 0;
  found.writable = ::access(found.folder.c_str(), W_OK | X_OK) == 0;
  return found;
}

Bytes allocated_below(const fs::path& folder) {
  Bytes sum;
  std::error_code failed;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         failed);
  for (; !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) != 0) continue;
    sum = sum + Bytes{static_cast<std::uint64_t>(status.st_blocks) * 512};
  }
  return sum;
}

}  // namespace ingot::os
