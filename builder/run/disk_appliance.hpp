// SPDX-License-Identifier: Apache-2.0
// The appliance that reads disks, made from the kernel of a release so that the host needs none,
// and kept beside the store.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "os/environment.hpp"
#include "os/process.hpp"
#include "report/report.hpp"

namespace ingot::run {

/// Where a kernel and its modules can be had: a release's vmlinuz and its rootfs tar.
struct KernelSource {
  std::filesystem::path vmlinuz;
  std::filesystem::path rootfs_tar;
};

/// From the files of a release folder; nothing when it has not both.
std::optional<KernelSource> kernel_source_of(const std::filesystem::path& release);

/// The newest appliance in the cache that fits the installed library.
std::optional<std::filesystem::path> known_appliance(const std::filesystem::path& cache);

/// An appliance made of `source`'s kernel; without one any that was made before, else of a kernel
/// installed on the host. Several runs may ask at once.
std::filesystem::path disk_appliance(const std::optional<KernelSource>& source,
                                     const os::Environment& environment, const os::Runner& runner,
                                     Report& report);

}  // namespace ingot::run
