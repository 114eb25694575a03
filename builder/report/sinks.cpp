// SPDX-License-Identifier: Apache-2.0
#include "report/sinks.hpp"

#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "base/format.hpp"

namespace ingot::report {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

const char* word_for(StepOutcome outcome) {
  switch (outcome) {
    case StepOutcome::done:
      return "done";
    case StepOutcome::cached:
      return "cached";
    case StepOutcome::failed:
      return "failed";
  }
  return "failed";
}

double seconds(std::chrono::milliseconds span) { return static_cast<double>(span.count()) / 1000; }

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
          text += format("done in {:.1f} s", seconds(took));
          break;
        case StepOutcome::cached:
          text += "cached";
          break;
        case StepOutcome::failed:
          text += format("FAILED after {:.1f} s", seconds(took));
          break;
      }
      if (!detail.empty()) text += format(" ({})", detail);
      return text;
    });
  }
  void step_progress(std::string_view, std::uint64_t, std::uint64_t) noexcept override {}
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

class JsonReport final : public Report {
public:
  explicit JsonReport(std::ostream& out) : out_(out), start_(std::chrono::steady_clock::now()) {}

  void step_started(std::string_view step) noexcept override {
    record("step-started", [&](nlohmann::json& json) { json["step"] = step; });
  }
  void step_finished(std::string_view step, StepOutcome outcome, std::chrono::milliseconds took,
                     std::string_view detail) noexcept override {
    record("step-finished", [&](nlohmann::json& json) {
      shown_.erase(std::string(step));
      json["step"] = step;
      json["outcome"] = word_for(outcome);
      json["milliseconds"] = took.count();
      json["text"] = detail;
    });
  }
  void step_progress(std::string_view step, std::uint64_t done,
                     std::uint64_t total) noexcept override {
    record("step-progress", [&](nlohmann::json& json) {
      if (!due(std::string(step), done == total)) {
        json = nullptr;
        return;
      }
      json["step"] = step;
      json["done"] = done;
      json["total"] = total;
    });
  }
  void note(std::string_view text) noexcept override {
    record("note", [&](nlohmann::json& json) { json["text"] = text; });
  }
  void warning(std::string_view text) noexcept override {
    record("warning", [&](nlohmann::json& json) { json["text"] = text; });
  }

private:
  template <class Fill>
  void record(const char* event, Fill&& fill) noexcept {
    try {
      const std::lock_guard guard(mutex_);
      nlohmann::json json;
      const auto since = std::chrono::steady_clock::now() - start_;
      json["event"] = event;
      json["time"] = seconds(std::chrono::duration_cast<std::chrono::milliseconds>(since));
      fill(json);
      if (json.is_null()) return;
      // Names of files may hold bytes that are no UTF-8.
      const std::string whole =
          json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
      out_.write(whole.data(), static_cast<std::streamsize>(whole.size())).flush();
    } catch (...) {
      // A report that cannot be written must not stop the work that it reports.
    }
  }

  /// Five records a second and step are plenty for a reader.
  bool due(const std::string& step, bool complete) {
    const SteadyTime now = std::chrono::steady_clock::now();
    const auto last = shown_.find(step);
    if (!complete && last != shown_.end() && now - last->second < std::chrono::milliseconds(200)) {
      return false;
    }
    shown_[step] = now;
    return true;
  }

  std::ostream& out_;
  SteadyTime start_;
  std::mutex mutex_;
  std::map<std::string, SteadyTime> shown_;
};

class NoReport final : public Report {
public:
  void step_started(std::string_view) noexcept override {}
  void step_finished(std::string_view, StepOutcome, std::chrono::milliseconds,
                     std::string_view) noexcept override {}
  void step_progress(std::string_view, std::uint64_t, std::uint64_t) noexcept override {}
  void note(std::string_view) noexcept override {}
  void warning(std::string_view) noexcept override {}
};

}  // namespace

std::optional<Style> style_of(std::string_view name) {
  if (name == "plain" || name == "auto") return Style::plain;
  if (name == "json") return Style::json;
  if (name == "none") return Style::none;
  return std::nullopt;
}

std::unique_ptr<Report> make_report(Style style, std::ostream& out) {
  switch (style) {
    case Style::plain:
      return std::make_unique<PlainReport>(out);
    case Style::json:
      return std::make_unique<JsonReport>(out);
    case Style::none:
      break;
  }
  return std::make_unique<NoReport>();
}

}  // namespace ingot::report
