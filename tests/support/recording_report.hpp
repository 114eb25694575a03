// SPDX-License-Identifier: Apache-2.0
// A report that remembers its events, for tests that ask what was reported.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "report/report.hpp"

namespace ingot::test {

struct ReportedEvent {
  enum class Kind { started, finished, progress, note, warning };
  Kind kind = Kind::note;
  std::string step = {};
  StepOutcome outcome = StepOutcome::done;
  std::string text = {};  ///< the detail of a finished step, or the text of a note or warning
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

class RecordingReport final : public Report {
public:
  using Kind = ReportedEvent::Kind;

  void step_started(std::string_view step) noexcept override {
    add({.kind = Kind::started, .step = std::string(step)});
  }
  void step_finished(std::string_view step, StepOutcome outcome, std::chrono::milliseconds,
                     std::string_view detail) noexcept override {
    add({.kind = Kind::finished,
         .step = std::string(step),
         .outcome = outcome,
         .text = std::string(detail)});
  }
  void step_progress(std::string_view step, std::uint64_t done, std::uint64_t total,
                     Counted) noexcept override {
    add({.kind = Kind::progress, .step = std::string(step), .done = done, .total = total});
  }
  void note(std::string_view text) noexcept override {
    add({.kind = Kind::note, .text = std::string(text)});
  }
  void warning(std::string_view text) noexcept override {
    add({.kind = Kind::warning, .text = std::string(text)});
  }

  std::vector<ReportedEvent> events() const {
    const std::lock_guard guard(mutex_);
    return events_;
  }
  std::size_t count(Kind kind) const {
    const std::vector<ReportedEvent> all = events();
    return static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [&](const ReportedEvent& event) { return event.kind == kind; }));
  }
  /// Whether a note or warning holds `part`.
  bool said(std::string_view part) const {
    const std::vector<ReportedEvent> all = events();
    return std::any_of(all.begin(), all.end(), [&](const ReportedEvent& event) {
      return (event.kind == Kind::note || event.kind == Kind::warning) &&
             event.text.find(part) != std::string::npos;
    });
  }

private:
  void add(ReportedEvent event) noexcept {
    const std::lock_guard guard(mutex_);
    events_.push_back(std::move(event));
  }

  mutable std::mutex mutex_;
  std::vector<ReportedEvent> events_;
};

}  // namespace ingot::test
