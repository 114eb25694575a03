// SPDX-License-Identifier: Apache-2.0
// Boots a release in a virtual machine, waits for the node's report on itself, and judges.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "boot/accelerator.hpp"
#include "os/environment.hpp"
#include "report/report.hpp"
#include "run/boot_record.hpp"

namespace ingot::run {

struct BootTestRequest {
  std::filesystem::path release;    ///< out/<image>-<version>
  std::vector<BootFormat> formats;  ///< empty: all that the release has
  boot::AcceleratorChoice accelerator = boot::AcceleratorChoice::automatic;
  std::chrono::seconds timeout{0};  ///< for one boot; 0: 300 s under KVM, 900 s under TCG
  unsigned cpus = 2;
  Bytes memory{0};  ///< 0: 2 GiB, and for netboot the size of the root image on top
  /// Words that systemd-stub adds to the kernel line of the signed image; only without Secure Boot.
  std::string kernel_line_extra;
  std::optional<std::filesystem::path> keep;  ///< where the machine's scratch files go
};

struct BootResult {
  BootRecord record;
  std::string summary;           ///< one line
  std::filesystem::path folder;  ///< serial.log, report.json, verdict.json
};

/// Boots each format in turn and writes `<release>.test/<format>/`. A node that fails is a result,
/// not an Error; Fault::environment when QEMU or firmware is missing, Fault::input when the
/// release has nothing that boots.
std::vector<BootResult> test_release(const BootTestRequest& request,
                                     const os::Environment& environment, Report& report);

}  // namespace ingot::run
