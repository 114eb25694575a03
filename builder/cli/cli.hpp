// SPDX-License-Identifier: Apache-2.0
// The command line: arguments to requests, failures to exit codes.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "os/environment.hpp"

namespace ingot::cli {

/// Runs the verb that `arguments` (without the program's name) name; results go to `out`,
/// everything else to `err`. Never throws; returns the exit code.
int run(const std::vector<std::string>& arguments, const os::Environment& environment,
        std::ostream& out, std::ostream& err);

}  // namespace ingot::cli
