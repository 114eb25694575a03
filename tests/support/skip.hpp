// SPDX-License-Identifier: Apache-2.0
// Leaving a whole test program that cannot run here: reason on standard output, exit code 77.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace ingot::test {

/// At namespace scope of a test file, so that it is asked before the first test case starts:
/// `const test::RunsOnly as_root(::geteuid() == 0, "needs root");`
class RunsOnly {
public:
  RunsOnly(bool here, const char* reason) {
    if (here) return;
    std::printf("skipped: %s\n", reason);
    std::fflush(stdout);
    std::_Exit(77);
  }
};

}  // namespace ingot::test
