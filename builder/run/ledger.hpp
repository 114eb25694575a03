// SPDX-License-Identifier: Apache-2.0
// Writes down when the steps of a build start and end, while it passes their events on.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "os/clock.hpp"
#include "report/report.hpp"
#include "run/timings.hpp"

namespace ingot::run {

class Ledger final : public Report {
public:
  /// Both must outlive it. Times count from now.
  Ledger(Report& report, const os::Clock& clock)
      : report_(report), clock_(clock), start_(clock.steady()) {}

  /// Reports a step around `make`, which returns its outcome.
  template <class Make>
  void timed(const std::string& name, Make make) {
    const auto start = clock_.steady();
    const auto took = [&] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - start);
    };
    step_started(name);
    StepOutcome outcome = StepOutcome::failed;
    try {
      outcome = make();
    } catch (...) {
      step_finished(name, StepOutcome::failed, took(), "");
      throw;
    }
    step_finished(name, outcome, took(), "");
  }

  std::chrono::milliseconds since_start() const;
  /// Steps that have ended, by their start: names, outcomes and times.
  std::vector<StepTiming> steps() const;

  void step_started(std::string_view step) noexcept override;
  void step_finished(std::string_view step, StepOutcome outcome, std::chrono::milliseconds took,
                     std::string_view detail) noexcept override;
  void step_progress(std::string_view step, std::uint64_t done, std::uint64_t total,
                     Counted counted) noexcept override {
    report_.step_progress(step, done, total, counted);
  }
  void steps_expected(std::uint64_t count) noexcept override { report_.steps_expected(count); }
  void note(std::string_view text) noexcept override { report_.note(text); }
  void warning(std::string_view text) noexcept override { report_.warning(text); }

private:
  Report& report_;
  const os::Clock& clock_;
  std::chrono::steady_clock::time_point start_;
  mutable std::mutex mutex_;
  std::vector<StepTiming> steps_;  ///< without an outcome while they run
};

}  // namespace ingot::run
