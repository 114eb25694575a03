// SPDX-License-Identifier: Apache-2.0
// Places to mount on: found inside a root without leaving it, made where missing, and removed
// again.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "os/fd.hpp"

namespace ingot::os {

enum class PointKind { folder, file };

struct MountPoint {
  std::string target = {};  ///< absolute path inside the root
  PointKind kind = PointKind::folder;
};

/// Makes the mount points in an empty folder, which as the lowest layer of an overlay supplies
/// those that no other layer has, without a trace in the overlay's upper.
void sketch_mount_points(const std::filesystem::path& folder,
                         const std::vector<MountPoint>& points);

/// Makes mount points that `root` lacks. Links are followed as the root's own processes would.
class MountPoints {
public:
  explicit MountPoints(const std::filesystem::path& root);

  /// Fault::environment when it is missing and cannot be made, or is of the other kind.
  void make(const MountPoint& point);

  /// Removes what was made, as far as nobody put anything into it, and gives folders that only
  /// this changed their time of change back.
  void remove_made() noexcept;

private:
  struct Made {
    Fd folder;
    std::string name;
    PointKind kind;
    timespec before;  ///< the folder's time of change
    timespec after;   ///< the same once the mount point was made
  };

  Fd found(const std::string& target) const;
  void make_in(const Fd& folder, const std::string& name, const MountPoint& point);

  std::filesystem::path name_;
  Fd root_;
  std::vector<Made> made_;
};

}  // namespace ingot::os
