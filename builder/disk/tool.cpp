// SPDX-License-Identifier: Apache-2.0
#include "disk/tool.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::disk {

namespace {

/// Whether a line of the outcome holds `text`.
bool says(const os::Outcome& outcome, std::string_view text) {
  return std::any_of(outcome.tail.begin(), outcome.tail.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

}  // namespace

void expect_ok(const os::Outcome& outcome, const os::Command& command, std::string_view package) {
  if (outcome.ok()) {
    return;
  }
  if (outcome.exit_code == 127) {
    throw Error(Fault::input, format("cannot {}: the build root has no {}; its packages must "
                                     "include {}",
                                     command.why, command.program, package));
  }
  const std::string lines = joined(outcome.tail, "\n  ");
  if (says(outcome, "No space left on device")) {
    throw Error(Fault::io, format("cannot {}: no space left on the file system of the output\n  {}",
                                  command.why, lines));
  }
  throw Error(Fault::step_failed, format("cannot {}: {} ended with {}\n  {}", command.why,
                                         command.program, outcome.exit_code, lines));
}

}  // namespace ingot::disk
