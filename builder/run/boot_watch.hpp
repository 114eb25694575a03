// SPDX-License-Identifier: Apache-2.0
// Watches a machine while it boots, until there is something to judge.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

#include "boot/console.hpp"
#include "boot/machine.hpp"
#include "run/boot_verdict.hpp"

namespace ingot::run {

struct WatchedBoot {
  BootObservation seen;
  std::vector<std::pair<boot::BootPhase, std::chrono::milliseconds>> phases;
  std::chrono::milliseconds took{0};
};

/// Returns when the report has come, the console tells that none will, QEMU has ended, or `limit`
/// is over; the machine may still run then. `on_phase` is told of each new phase. Interrupted when
/// a stop was requested.
WatchedBoot watch_boot(
    boot::Machine& machine, const std::filesystem::path& folder, std::chrono::seconds limit,
    const std::function<void(boot::BootPhase, std::chrono::milliseconds)>& on_phase);

}  // namespace ingot::run
