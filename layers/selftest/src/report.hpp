// SPDX-License-Identifier: Apache-2.0
// The verdict over all checks, and the ways to say it: JSON, one line, a table, labels.
#pragma once

#include <string>
#include <vector>

#include "runner.hpp"

namespace ingot::selftest {

struct Report {
  bool passed = false;
  bool degraded = false;  ///< a check of severity E failed
  std::string image;
  std::string version;
  std::string kernel;
  std::string driver;  ///< version, or empty
  std::size_t gpus = 0;
  double cpu_seconds = 0;
  double seconds = 0;
  std::vector<CheckResult> checks;

  std::size_t count(Outcome outcome) const;
};

/// Passes when nothing of severity F failed and something passed: skips alone prove nothing.
Report make_report(const Node& node, std::vector<CheckResult> checks);

/// ingot/selftest/v1, one line without its end.
std::string to_json(const Report& report);
/// "ingot selftest: PASS 27 passed, 0 failed, 12 skipped (debian-13 2026.11.1, kernel ..., 0 GPUs)"
std::string summary_line(const Report& report);
/// One line for each check that failed.
std::vector<std::string> failure_lines(const Report& report);
std::string table_of(const Report& report);
/// key=value lines for node-feature-discovery's local source; values fit Kubernetes labels.
std::string labels_of(const Report& report);

}  // namespace ingot::selftest
