// SPDX-License-Identifier: Apache-2.0
// The program behind main: arguments in, text out, exit status back.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace ingot::selftest {

/// 0 pass, 8 fail, 2 wrong arguments, 1 our own mistake.
int run_program(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err);

}  // namespace ingot::selftest
