// SPDX-License-Identifier: Apache-2.0
// Judges a boot by what was seen of it: console, report, and how QEMU ended.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "boot/console.hpp"
#include "run/selftest_report.hpp"

namespace ingot::run {

/// How a boot ended; name_of gives the word in verdict.json.
enum class BootClass {
  passed,
  test_failed,   ///< the node's self-test failed, or its report is no report
  no_report,     ///< the kernel ran, but no report came
  root_refused,  ///< the initrd did not get or not accept its root
  kernel_panic,
  firmware,  ///< no kernel ever started
  qemu_failed,
};

std::string_view name_of(BootClass verdict) noexcept;

struct BootObservation {
  boot::ConsoleState console;
  std::optional<std::string> report;  ///< the line that came over the virtio port
  std::optional<int> qemu_exit_code;  ///< when QEMU ended by itself
  std::string qemu_said;              ///< its last words
  bool timed_out = false;
};

struct BootVerdict {
  BootClass verdict = BootClass::qemu_failed;
  std::string reason;  ///< one line; empty when passed
  std::optional<SelftestReport> report;
};

BootVerdict judge_boot(const BootObservation& seen);

}  // namespace ingot::run
