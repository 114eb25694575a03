// SPDX-License-Identifier: Apache-2.0
#include "report/sinks.hpp"

#include <mutex>
#include <string>
#include <utility>

#include "base/duration.hpp"
#include "base/format.hpp"
#include "report/live_report.hpp"
#include "report/outcome_words.hpp"
#include "report/terminal.hpp"

namespace ingot::report {
namespace {

class PlainReport final : public Report {
public:
  explicit PlainReport(std::ostream& out) : out_(out) {}

  void step_started(std::string_view step) noexcept override {
    line([&] { return format("==> {}", step); });
  }
  void step_finished(std::string_view step, StepOutcome outcome, std::chrono::milliseconds took,
                     std::string_view detail) noexcept override {
    line([&] {
      std::string text = format("    {}  ", step);
      switch (outcome) {
        case StepOutcome::done:
          text += format("done in {}", seconds_text(took));
          break;
        case StepOutcome::cached:
        case StepOutcome::shared:
          text += word_for(outcome);
          break;
        case StepOutcome::failed:
          text += format("FAILED after {}", seconds_text(took));
          break;
      }
      if (!detail.empty()) text += format(" ({})", detail);
      return text;
    });
  }
  void step_progress(std::string_view, std::uint64_t, std::uint64_t, Counted) noexcept override {}
  void note(std::string_view text) noexcept override {
    line([&] { return std::string(text); });
  }
  void warning(std::string_view text) noexcept override {
    line([&] { return format("warning: {}", text); });
  }

private:
  template <class Text>
  void line(Text&& text) noexcept {
    try {
      const std::string whole = text() + "\n";
      const std::lock_guard guard(mutex_);
      out_.write(whole.data(), static_cast<std::streamsize>(whole.size())).flush();
    } catch (...) {
      // A report that cannot be written must not stop the work that it reports.
    }
  }

  std::ostream& out_;
  std::mutex mutex_;
};

class NoReport final : public Report {
public:
  void step_started(std::string_view) noexcept override {}
  void step_finished(std::string_view, StepOutcome, std::chrono::milliseconds,
                     std::string_view) noexcept override {}
  void step_progress(std::string_view, std::uint64_t, std::uint64_t, Counted) noexcept override {}
  void note(std::string_view) noexcept override {}
  void warning(std::string_view) noexcept override {}
};

}  // namespace

std::optional<Style> style_of(std::string_view name, const Surroundings& surroundings,
                              const std::ostream& out) {
  if (name == "auto")
    return is_terminal(out) && surroundings.terminal_moves ? Style::tty : Style::plain;
  if (name == "tty") return Style::tty;
  if (name == "plain") return Style::plain;
  if (name == "json") return Style::json;
  if (name == "none") return Style::none;
  return std::nullopt;
}

std::unique_ptr<Report> make_report(Style style, std::ostream& out, RunFacts facts,
                                    const Surroundings& surroundings) {
  switch (style) {
    case Style::tty:
      return std::make_unique<LiveReport>(
          out, LiveOptions{.colour = surroundings.colour ? Colour::yes : Colour::no,
                           .window = [&out] { return window_of(out); },
                           .now = [] { return std::chrono::steady_clock::now(); }});
    case Style::plain:
      return std::make_unique<PlainReport>(out);
    case Style::json:
      return make_json_report(out, std::move(facts));
    case Style::none:
      break;
  }
  return std::make_unique<NoReport>();
}

}  // namespace ingot::report
