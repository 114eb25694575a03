// SPDX-License-Identifier: Apache-2.0
// Brings the report to whoever waits for it: files, console, labels, the test harness's port.
#pragma once

#include <string>
#include <vector>

#include "report.hpp"
#include "roots.hpp"

namespace ingot::selftest {

/// Tries every place and returns what went wrong in words; one that fails never hides another.
std::vector<std::string> publish(const Report& report, const Roots& roots);

}  // namespace ingot::selftest
