// SPDX-License-Identifier: Apache-2.0
#include "report/live_view.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/format.hpp"
#include "report/terminal_text.hpp"

namespace ingot::report {
namespace {

constexpr std::size_t bar_width = 12;
/// Of the columns behind a name: time, bar, percentage, amounts.
constexpr std::size_t columns_of_numbers = 54;
constexpr std::size_t narrowest_name = 16;
constexpr std::size_t widest_name = 40;
/// Windows narrower than this have no room for bars.
constexpr std::size_t columns_for_bars = 72;

std::string padded(std::string text, std::size_t columns) {
  const std::size_t taken = columns_of(text);
  if (taken < columns) text.append(columns - taken, ' ');
  return text;
}

std::string amount(std::uint64_t count, Counted counted) {
  return counted == Counted::bytes ? human(Bytes{count}) : std::to_string(count);
}

std::string bar(double part) {
  const auto filled = static_cast<std::size_t>(part * static_cast<double>(bar_width));
  return "[" + std::string(filled, '#') + std::string(bar_width - filled, '.') + "]";
}

}  // namespace

std::string time_text(std::chrono::milliseconds span) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(span).count();
  // Cut off, not rounded: never "60.0 s".
  const auto tenths = span.count() / 100;
  if (whole < 60) return format("{}.{} s", tenths / 10, tenths % 10);
  if (whole < 3600) return format("{}:{:02}", whole / 60, whole % 60);
  return format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

void LiveView::start(std::string_view step, SteadyTime now) {
  ++started_;
  running_.push_back({.name = std::string(step), .started = now});
}

void LiveView::finish(std::string_view step, StepOutcome outcome) {
  ++finished_;
  if (outcome == StepOutcome::cached || outcome == StepOutcome::shared) ++found_;
  const auto found = std::find_if(running_.begin(), running_.end(),
                                  [&](const Running& one) { return one.name == step; });
  if (found != running_.end())
    running_.erase(found);
  else
    ++started_;
}

void LiveView::progress(std::string_view step, std::uint64_t done, std::uint64_t total,
                        Counted counted) {
  const auto found = std::find_if(running_.begin(), running_.end(),
                                  [&](const Running& one) { return one.name == step; });
  if (found == running_.end()) return;
  found->done = done;
  found->total = total;
  found->counted = counted;
}

std::vector<std::string> LiveView::lines(SteadyTime now, WindowSize window) const {
  std::vector<std::string> lines;
  if (running_.empty() || window.rows < 3 || window.columns < 2) return lines;
  const std::size_t columns = window.columns - 1;
  const std::size_t shown = std::min(running_.size(), window.rows - 2);
  for (std::size_t i = 0; i < shown; ++i) lines.push_back(line_of(running_[i], now, columns));
  lines.push_back(clipped(summary(now, running_.size() - shown), columns));
  return lines;
}

std::string LiveView::line_of(const Running& step, SteadyTime now, std::size_t columns) {
  const std::size_t room = columns > columns_of_numbers ? columns - columns_of_numbers : 0;
  const std::size_t name = std::clamp(room, narrowest_name, widest_name);
  // Whole seconds: a line that says nothing new is not drawn again.
  const auto took = std::chrono::floor<std::chrono::seconds>(now - step.started);
  const std::string time =
      took < std::chrono::minutes(1) ? format("{} s", took.count()) : time_text(took);
  std::string line = "  " + padded(clipped(terminal_text(step.name), name), name);
  line += format(" {:>8}", time);
  if (step.total > 0) {
    const double part =
        std::min(1.0, static_cast<double>(step.done) / static_cast<double>(step.total));
    if (columns >= columns_for_bars) line += "  " + bar(part);
    line += format(" {:>3.0f} %", std::min(part * 100, 100.0));
    line += format("  {} of {}", amount(step.done, step.counted), amount(step.total, step.counted));
  } else if (step.done > 0) {
    line += "  " + amount(step.done, step.counted);
  }
  return clipped(line, columns);
}

std::string LiveView::summary(SteadyTime now, std::size_t hidden) const {
  const auto took = std::chrono::floor<std::chrono::seconds>(now - start_);
  std::string text = format("{} running", running_.size());
  if (hidden > 0) text += format(", {} of them not shown", hidden);
  text += expected_ > 0 ? format(", {} of {} done", finished_, std::max(expected_, started_))
                        : format(", {} done", finished_);
  if (found_ > 0) text += format(", {} of them found", found_);
  return text + format(", {}", took < std::chrono::minutes(1) ? format("{} s", took.count())
                                                              : time_text(took));
}

}  // namespace ingot::report
