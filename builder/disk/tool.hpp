// SPDX-License-Identifier: Apache-2.0
// How this room runs programs of the build root without knowing where that is.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "os/process.hpp"
#include "os/sandbox.hpp"

namespace ingot::disk {

/// Runs a command of the build root that sees `binds` besides it. Bind targets lie below
/// /run/ingot and the command's arguments name them.
using Tool =
    std::function<os::Outcome(const os::Command& command, const std::vector<os::Bind>& binds)>;

/// Throws unless `outcome` is good: Fault::io when the host ran out of space, Fault::input when
/// the program is missing (`package` has it), else Fault::step_failed with the last lines.
void expect_ok(const os::Outcome& outcome, const os::Command& command, std::string_view package);

}  // namespace ingot::disk
