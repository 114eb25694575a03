// SPDX-License-Identifier: Apache-2.0
// Opening a disk image of any origin in an appliance, with the best processor that this host has
// for it.
#pragma once

#include <filesystem>
#include <functional>

#include "boot/accelerator.hpp"
#include "guest/guest.hpp"
#include "os/environment.hpp"
#include "report/report.hpp"
#include "run/disk_appliance.hpp"

namespace ingot::run {

struct DiskReading {
  std::filesystem::path disk;
  std::optional<KernelSource> kernel;  ///< for the appliance
  boot::AcceleratorChoice accelerator = boot::AcceleratorChoice::automatic;
};

/// Gives the open disk to `look`, then closes it. Fault::environment when the host lacks what the
/// appliance needs.
void read_disk(const DiskReading& reading, const os::Environment& environment,
               const os::Runner& runner, Report& report,
               const std::function<void(guest::Guest& guest)>& look);

}  // namespace ingot::run
