// SPDX-License-Identifier: Apache-2.0
// What a terminal shows of steps that run: one line for each, with time, and how far it is.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.hpp"
#include "report/terminal.hpp"

namespace ingot::report {

using SteadyTime = std::chrono::steady_clock::time_point;

/// "0.3 s", "1:05", "2:01:05".
std::string time_text(std::chrono::milliseconds span);

/// Knows no terminal and no clock: lines out of events.
class LiveView {
public:
  explicit LiveView(SteadyTime start) : start_(start) {}

  /// Beyond those that have started by now.
  void expect(std::uint64_t steps) { expected_ = std::max(expected_, started_) + steps; }
  void start(std::string_view step, SteadyTime now);
  void finish(std::string_view step, StepOutcome outcome);
  /// Of a step that was not started nothing is shown: nothing would take it away again.
  void progress(std::string_view step, std::uint64_t done, std::uint64_t total, Counted counted);

  bool idle() const noexcept { return running_.empty(); }
  /// No line is as wide as the window, and they are fewer than it has rows. The steps that started
  /// first come first, a summary last; none when nothing runs.
  std::vector<std::string> lines(SteadyTime now, WindowSize window) const;

private:
  struct Running {
    std::string name;
    SteadyTime started;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    Counted counted = Counted::items;
  };

  static std::string line_of(const Running& step, SteadyTime now, std::size_t columns);
  std::string summary(SteadyTime now, std::size_t hidden) const;

  SteadyTime start_;
  std::vector<Running> running_;
  std::uint64_t expected_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t finished_ = 0;
  std::uint64_t found_ = 0;  ///< of those, taken from a store
};

}  // namespace ingot::report
