// SPDX-License-Identifier: Apache-2.0
#include "os/mount_id.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/error.hpp"

namespace ingot::os {

std::uint64_t mount_id_of(int fd, const std::filesystem::path& name) {
  struct statx status {};
  if (::statx(fd, "", AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &status) != 0) {
    throw_errno("cannot read " + name.string());
  }
  if ((status.stx_mask & STATX_MNT_ID) != 0) return status.stx_mnt_id;
  // Kernels before 5.8: the device tells file systems apart, though no bind mounts.
  return makedev(status.stx_dev_major, status.stx_dev_minor);
}

}  // namespace ingot::os
