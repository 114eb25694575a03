// SPDX-License-Identifier: Apache-2.0
// Whether the disks of a verified release, or one that was written from it elsewhere, hold exactly
// what the release lists.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "boot/accelerator.hpp"
#include "os/environment.hpp"
#include "os/process.hpp"
#include "report/report.hpp"
#include "run/disk_comparison.hpp"
#include "run/release.hpp"

namespace ingot::run {

struct DeepRequest {
  std::filesystem::path folder;               ///< of the release
  std::optional<std::filesystem::path> disk;  ///< this one instead of the release's own
  bool allow_node_changes = false;            ///< what nodes are known to write is no failure
  boot::AcceleratorChoice accelerator = boot::AcceleratorChoice::automatic;
};

struct ReadDisk {
  std::string name;
  std::vector<DiskDifference> differences;
  /// What a running node may have changed; such differences are here only when they are allowed.
  std::vector<DiskDifference> node_changes;
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

/// `release` is the result of verify_release() for the folder. Differences are the result, not an
/// Error; Fault::input when the release has no disk or no file list.
std::vector<ReadDisk> verify_deep(const VerifiedRelease& release, const DeepRequest& request,
                                  const os::Environment& environment, const os::Runner& runner,
                                  Report& report);

}  // namespace ingot::run
