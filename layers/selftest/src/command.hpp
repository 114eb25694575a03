// SPDX-License-Identifier: Apache-2.0
// Runs a program of the node for a check, with a time limit and bounded output.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace ingot::selftest {

struct Answer {
  int status = -1;  ///< exit status; -1 when ended by a signal or by the limit
  bool timed_out = false;
  std::string output;
  std::string error_output;

  bool good() const noexcept { return status == 0; }
  /// Why it is not good, in words, with the last line of its error output.
  std::string why() const;
};

/// `arguments[0]` is an absolute path. The environment holds PATH and LC_ALL=C only. The child
/// stays in our process group, so that killing a check kills it too. Throws Broken when it cannot
/// be started.
Answer run_command(const std::vector<std::string>& arguments, std::chrono::milliseconds limit);

}  // namespace ingot::selftest
