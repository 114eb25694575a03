// SPDX-License-Identifier: Apache-2.0
#include "report/live_report.hpp"

#include <utility>

#include "base/format.hpp"
#include "base/words.hpp"
#include "report/outcome_words.hpp"
#include "report/terminal_text.hpp"

namespace ingot::report {
namespace {

constexpr std::chrono::milliseconds shortest_pause(100);
constexpr std::size_t name_column = 28;

// ECMA-48 section 8.3: cursor up (CUU), erase in line (EL), erase in page (ED), graphics (SGR).
constexpr const char* erase_rest_of_line = "\x1b[K";
constexpr const char* erase_below = "\x1b[J";
constexpr const char* plain = "\x1b[0m";
constexpr const char* red = "\x1b[1;31m";
constexpr const char* green = "\x1b[32m";
constexpr const char* yellow = "\x1b[33m";
constexpr const char* faint = "\x1b[2m";

const char* colour_of(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::done:
      return green;
    case StepOutcome::cached:
    case StepOutcome::shared:
      return faint;
    case StepOutcome::failed:
      break;
  }
  return red;
}

}  // namespace

LiveReport::LiveReport(std::ostream& out, LiveOptions options)
    : out_(out), options_(std::move(options)), view_(options_.now()) {}

LiveReport::~LiveReport() {
  ticker_ = {};
  try {
    const std::lock_guard guard(mutex_);
    options_.window = [] { return WindowSize{.columns = 80, .rows = 0}; };
    draw_now(options_.now());
  } catch (...) {
    // The terminal is gone, or there is no memory; nobody can be told.
  }
}

template <class Change>
void LiveReport::on_event(Change&& change) noexcept {
  std::jthread over;  // ends after the mutex is free: it may be waiting for that
  try {
    const std::lock_guard guard(mutex_);
    change();
    if (view_.idle())
      over = std::move(ticker_);
    else if (options_.ticking == Ticking::yes && !ticker_.joinable())
      ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
    draw_when_due();
  } catch (...) {
    // A report that cannot be written must not stop the work that it reports.
  }
}

void LiveReport::step_started(std::string_view step) noexcept {
  on_event([&] { view_.start(step, options_.now()); });
}

void LiveReport::step_finished(std::string_view step, StepOutcome outcome,
                               std::chrono::milliseconds took, std::string_view detail) noexcept {
  on_event([&] {
    view_.finish(step, outcome);
    std::string name = terminal_text(step);
    if (outcome == StepOutcome::done || outcome == StepOutcome::failed) {
      const std::size_t columns = columns_of(name);
      if (columns < name_column) name.append(name_column - columns, ' ');
      name += format(" {:>8}", time_text(took));
    }
    if (!detail.empty()) name += format("  ({})", terminal_text(detail));
    const std::string word = outcome == StepOutcome::failed ? "FAILED" : word_for(outcome);
    scroll(coloured(colour_of(outcome), format("{:<6}", word)) + " " + name);
  });
}

void LiveReport::step_progress(std::string_view step, std::uint64_t done, std::uint64_t total,
                               Counted counted) noexcept {
  on_event([&] { view_.progress(step, done, total, counted); });
}

void LiveReport::steps_expected(std::uint64_t count) noexcept {
  on_event([&] { view_.expect(count); });
}

void LiveReport::note(std::string_view text) noexcept {
  on_event([&] { scroll_text("", plain, text); });
}

void LiveReport::warning(std::string_view text) noexcept {
  on_event([&] { scroll_text("warning:", yellow, text); });
}

void LiveReport::draw() noexcept {
  try {
    const std::lock_guard guard(mutex_);
    draw_when_due();
  } catch (...) {
    // As above.
  }
}

void LiveReport::draw_when_due() {
  const SteadyTime now = options_.now();
  // When nothing runs nobody else comes to draw, and others may write to the terminal next.
  if (view_.idle() || drawn_.empty() || now - last_ >= shortest_pause) draw_now(now);
}

void LiveReport::draw_now(SteadyTime now) {
  std::vector<std::string> lines = view_.lines(now, options_.window());
  if (pending_.empty() && lines == drawn_) return;
  std::string frame;
  if (!drawn_.empty()) frame = format("\r\x1b[{}A", drawn_.size());
  for (const auto* part : {&pending_, &lines})
    for (const std::string& line : *part) frame += line + erase_rest_of_line + "\n";
  if (!drawn_.empty()) frame += erase_below;
  pending_.clear();
  drawn_ = std::move(lines);
  last_ = now;
  out_.write(frame.data(), static_cast<std::streamsize>(frame.size())).flush();
}

void LiveReport::scroll_text(std::string_view first_word, const char* colour,
                             std::string_view text) {
  std::string before = first_word.empty() ? "" : coloured(colour, first_word) + " ";
  for (const std::string& line : split(text, '\n')) {
    scroll(before + terminal_text(line));
    before.clear();
  }
}

std::string LiveReport::coloured(const char* colour, std::string_view word) const {
  if (options_.colour == Colour::no) return std::string(word);
  return format("{}{}{}", colour, word, plain);
}

void LiveReport::tick(const std::stop_token& stop) noexcept {
  try {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      wake_.wait_for(lock, stop, shortest_pause, [] { return false; });
      if (!stop.stop_requested()) draw_when_due();
    }
  } catch (...) {
    // Events still draw.
  }
}

}  // namespace ingot::report
