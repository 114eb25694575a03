// SPDX-License-Identifier: Apache-2.0
// Boots a release in a virtual machine, waits for the node's report on itself, and judges.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "boot/accelerator.hpp"
#include "os/environment.hpp"
#include "report/report.hpp"

namespace ingot::run {

enum class BootFormat { netboot, disk };

std::string_view name_of(BootFormat format) noexcept;

struct BootTestRequest {
  std::filesystem::path release;  ///< out/<image>-<version>
  std::vector<BootFormat> formats;  ///< empty: all that the release has
  boot::AcceleratorChoice accelerator = boot::AcceleratorChoice::automatic;
  std::chrono::seconds timeout{0};  ///< for one boot; 0: 180 s under KVM, 900 s under TCG
  unsigned cpus = 2;
  Bytes memory{0};  ///< 0: 2 GiB, and for netboot the size of the root image on top
  std::string kernel_line_extra;  ///< test knob; see `ingot test --help`
  std::optional<std::filesystem::path> keep;  ///< where scratch files stay
};

/// How a boot ended; name_of gives the word in verdict.json.
enum class BootClass {
  passed,
  test_failed,
  no_report,
  root_refused,
  kernel_panic,
  firmware,
  qemu_failed,
};

std::string_view name_of(BootClass verdict) noexcept;

struct BootResult {
  BootFormat format = BootFormat::netboot;
  BootClass verdict = BootClass::qemu_failed;
  std::string summary;  ///< "netboot: passed in 84 s (tcg), 31 checks passed, 9 skipped"
  std::filesystem::path folder;  ///< serial.log, report.json, verdict.json
};

/// Boots each format in turn and writes `<release>.test/<format>/`. A node that fails is a result,
/// not an Error; Fault::environment when QEMU or firmware is missing, Fault::input when the
/// release has nothing that boots.
std::vector<BootResult> test_release(const BootTestRequest& request,
                                     const os::Environment& environment, Report& report);

}  // namespace ingot::run
