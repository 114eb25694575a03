// SPDX-License-Identifier: Apache-2.0
// Overlays in our own mount namespace, for reading a finished tree in place.
#include <cerrno>
#include <utility>

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "os/mounts.hpp"
#include "os/sandbox.hpp"

namespace ingot::os {

void enter_private_mounts() {
  if (::unshare(CLONE_NEWNS) != 0) {
    throw_environment("cannot make a mount namespace (run as root, or in a user namespace)");
  }
  make_mounts_private();
  ::umask(022);
}

OverlayMount::OverlayMount(const SandboxRoot& root, std::filesystem::path target)
    : target_(std::move(target)) {
  // Only read, so the upper is the uppermost lower: its whiteouts hold all the same.
  std::vector<std::filesystem::path> layers = root.lowers;
  if (root.upper) layers.push_back(*root.upper);
  if (layers.empty()) throw Error(Fault::internal, "an overlay of nothing (this is a bug)");
  if (layers.size() > 1) {
    OverlaySources(layers).mount_at(target_);
    return;
  }
  const Fd tree = copy_of_tree(layers.front());
  make_read_only(tree, layers.front());
  attach(tree, target_);
}

OverlayMount::OverlayMount(OverlayMount&& other) noexcept
    : target_(std::exchange(other.target_, {})) {}

OverlayMount::~OverlayMount() {
  // Detached rather than refused when somebody still has a file of it open.
  if (!target_.empty()) ::umount2(target_.c_str(), MNT_DETACH);
}

}  // namespace ingot::os
