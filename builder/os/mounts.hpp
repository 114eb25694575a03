// SPDX-License-Identifier: Apache-2.0
// The kernel's mount calls: trees of the host as detached mounts, new file systems, overlays.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "os/fd.hpp"

namespace ingot::os {

/// Throws Fault::environment with `doing` and the text of errno.
[[noreturn]] void throw_environment(const std::string& doing);

/// From here on mounts of this mount namespace are seen by no other, nor theirs here. In a chroot
/// that is no mount the namespace ends at it from here on. Only in a namespace of the caller's own,
/// without threads.
void make_mounts_private();

/// A detached copy of the mount at `path` and of those below it; attach() gives it a place.
Fd copy_of_tree(const std::filesystem::path& path);

/// A detached new file system, without set-user-ID programs and devices.
Fd new_filesystem(const std::string& type, const std::map<std::string, std::string>& options = {});

/// Makes a detached tree read-only, with all that is mounted below it.
void make_read_only(const Fd& tree, const std::filesystem::path& name);

/// Attaches a detached tree; a link at `target` is followed.
void attach(const Fd& tree, const std::filesystem::path& target);

/// The folders of an overlay, opened: what is mounted over their paths later does not matter, and
/// the options for the kernel, which takes one page of them, stay short.
class OverlaySources {
public:
  /// `lowers` from the lowest to the uppermost; `work` goes with `upper`. The kernel wants a lower,
  /// and two without `upper`. Throws Fault::io naming the folder that cannot be opened.
  explicit OverlaySources(const std::vector<std::filesystem::path>& lowers,
                          const std::optional<std::filesystem::path>& upper = {},
                          const std::optional<std::filesystem::path>& work = {});

  /// One more, below all others.
  void add_lowest(const std::filesystem::path& lower);

  /// Mounts the overlay; read-only without `upper`. Throws Fault::environment.
  void mount_at(const std::filesystem::path& target) const;

private:
  std::vector<Fd> lowers_;
  Fd upper_;
  Fd work_;
};

}  // namespace ingot::os
