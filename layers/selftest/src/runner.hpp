// SPDX-License-Identifier: Apache-2.0
// Runs each check in a process of its own, which may hang or crash without harm to the others.
#pragma once

#include <functional>
#include <vector>

#include "check.hpp"

namespace ingot::selftest {

/// Runs `work` in a child process and kills it, and all it started, after `limit`. A child that
/// even SIGKILL does not end, since it sleeps in the kernel, is left behind and reported.
Result run_guarded(const std::function<Result()>& work, std::chrono::milliseconds limit);

struct CheckResult {
  const Check* check = nullptr;
  Result result;
  Severity severity() const { return result.severity.value_or(check->severity); }
};

/// All of `checks` in order; those that do not apply are skipped with the reason.
std::vector<CheckResult> run_checks(const std::vector<const Check*>& checks, const Node& node);

}  // namespace ingot::selftest
