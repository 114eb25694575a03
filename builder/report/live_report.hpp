// SPDX-License-Identifier: Apache-2.0
// Events on a terminal: steps that run at its foot, redrawn in place; all that is over scrolls.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <ostream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "report/live_view.hpp"
#include "report/report.hpp"

namespace ingot::report {

enum class Colour { no, yes };
/// Whether a thread of the report redraws while steps run, or only events and draw() do.
enum class Ticking { no, yes };

struct LiveOptions {
  Colour colour = Colour::yes;
  Ticking ticking = Ticking::yes;
  std::function<WindowSize()> window;
  std::function<SteadyTime()> now;
};

/// Draws at most ten times a second. The cursor always rests below the lines, is never hidden, and
/// no mode of the terminal is set: whatever ends the program, there is nothing to restore but the
/// lines themselves, and those the destructor removes. Its thread lives only while steps run, so
/// that whoever must be alone in the process can be, before and after.
class LiveReport final : public Report {
public:
  /// `out` must outlive the report.
  LiveReport(std::ostream& out, LiveOptions options);
  ~LiveReport() override;

  void step_started(std::string_view step) noexcept override;
  void step_finished(std::string_view step, StepOutcome outcome, std::chrono::milliseconds took,
                     std::string_view detail) noexcept override;
  void step_progress(std::string_view step, std::uint64_t done, std::uint64_t total,
                     Counted counted) noexcept override;
  void steps_expected(std::uint64_t count) noexcept override;
  void note(std::string_view text) noexcept override;
  void warning(std::string_view text) noexcept override;

  /// Draws what has changed since, if it is time for that.
  void draw() noexcept;

private:
  template <class Change>
  void on_event(Change&& change) noexcept;
  /// To be called with the mutex held.
  void draw_now(SteadyTime now);
  void draw_when_due();
  void scroll(std::string line) { pending_.push_back(std::move(line)); }
  void scroll_text(std::string_view first_word, const char* colour, std::string_view text);
  std::string coloured(const char* colour, std::string_view word) const;
  void tick(const std::stop_token& stop) noexcept;

  std::ostream& out_;
  LiveOptions options_;
  std::mutex mutex_;
  LiveView view_;
  std::vector<std::string> pending_;  ///< to be scrolled, in order
  std::vector<std::string> drawn_;    ///< lines at the foot as they are now
  SteadyTime last_;                   ///< when they were drawn
  std::condition_variable_any wake_;
  std::jthread ticker_;  ///< last: it uses all of the above
};

}  // namespace ingot::report
