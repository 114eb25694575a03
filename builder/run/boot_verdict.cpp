// SPDX-License-Identifier: Apache-2.0
#include "run/boot_verdict.hpp"

#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::run {
namespace {

using boot::BootFailure;
using boot::BootPhase;

BootVerdict judge_report(const std::string& line) {
  try {
    BootVerdict judged{BootClass::passed, {}, parse_selftest_report(line)};
    if (judged.report->passed) return judged;
    std::vector<std::string> failed;
    for (const SelftestCheck& check : judged.report->checks) {
      if (check.outcome == "fail") failed.push_back(format("{} ({})", check.id, check.reason));
    }
    judged.verdict = BootClass::test_failed;
    judged.reason = format("{} failed: {}", failed.size(), joined(failed, "; "));
    return judged;
  } catch (const Error& error) {
    return {BootClass::test_failed, error.message(), std::nullopt};
  }
}

std::optional<BootClass> class_of(BootFailure failure) {
  switch (failure) {
    case BootFailure::none:
      return std::nullopt;
    case BootFailure::firmware:
      return BootClass::firmware;
    case BootFailure::kernel_panic:
      return BootClass::kernel_panic;
    case BootFailure::root_refused:
      return BootClass::root_refused;
    case BootFailure::user_space:
      return BootClass::no_report;
  }
  return std::nullopt;
}

std::string with_complaint(std::string reason, const boot::ConsoleState& console) {
  if (console.complaint.empty()) return reason;
  return format("{}; last complaint: {}", reason, console.complaint);
}

}  // namespace

std::string_view name_of(BootClass verdict) noexcept {
  switch (verdict) {
    case BootClass::passed:
      return "passed";
    case BootClass::test_failed:
      return "test-failed";
    case BootClass::no_report:
      return "no-report";
    case BootClass::root_refused:
      return "root-refused";
    case BootClass::kernel_panic:
      return "kernel-panic";
    case BootClass::firmware:
      return "firmware";
    case BootClass::qemu_failed:
      return "qemu-failed";
  }
  return "unknown";
}

BootVerdict judge_boot(const BootObservation& seen) {
  if (seen.report) return judge_report(*seen.report);
  const boot::ConsoleState& console = seen.console;
  if (const auto failed = class_of(console.failure)) return {*failed, console.reason, {}};
  if (seen.qemu_exit_code && *seen.qemu_exit_code != 0) {
    return {BootClass::qemu_failed,
            format("QEMU ended with exit code {}: {}", *seen.qemu_exit_code, seen.qemu_said),
            {}};
  }
  const std::string how = seen.timed_out ? "time is up" : "the machine switched itself off";
  const std::string where =
      format("{} in phase '{}'", how, std::string(boot::name_of(console.phase)));
  if (console.phase == BootPhase::firmware) {
    return {BootClass::firmware, with_complaint(where + "; no kernel ever started", console), {}};
  }
  // A hook that still tries mirrors when time is up has refused all it got.
  const bool refused = console.phase == BootPhase::initrd && !console.complaint.empty();
  return {
      refused ? BootClass::root_refused : BootClass::no_report, with_complaint(where, console), {}};
}

}  // namespace ingot::run
