// SPDX-License-Identifier: Apache-2.0
#include "report/json_report.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/duration.hpp"
#include "report/outcome_words.hpp"

namespace ingot::report {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using Json = nlohmann::json;

class JsonReport final : public Report {
public:
  JsonReport(std::ostream& out, RunFacts facts)
      : out_(out), facts_(std::move(facts)), start_(std::chrono::steady_clock::now()) {}

  void step_started(std::string_view step) noexcept override {
    record("step-started", [&](Json& json) {
      of_step(json, known(step));
      json["message"] = "starting " + std::string(step);
    });
  }
  void step_finished(std::string_view step, StepOutcome outcome, std::chrono::milliseconds took,
                     std::string_view detail) noexcept override {
    record("step-finished", [&](Json& json) {
      const Step& one = known(step);
      ++finished_;
      of_step(json, one);
      running_.erase(std::string(step));
      json["outcome"] = word_for(outcome);
      json["milliseconds"] = took.count();
      json["text"] = detail;
      json["message"] = std::string(step) + ": " + word_for(outcome);
    });
  }
  void step_progress(std::string_view step, std::uint64_t done, std::uint64_t total,
                     Counted counted) noexcept override {
    record("step-progress", [&](Json& json) {
      Step& one = known(step);
      one.done = done;
      one.total = total;
      if (!due(one)) {
        json = nullptr;
        return;
      }
      of_step(json, one);
      json["done"] = done;
      json["total"] = total;
      json["unit"] = counted == Counted::bytes ? "bytes" : "items";
    });
  }
  void steps_expected(std::uint64_t count) noexcept override {
    record("steps-expected", [&](Json& json) {
      expected_ = std::max(expected_, started_) + count;
      json["count"] = count;
    });
  }
  void note(std::string_view text) noexcept override {
    record("note", [&](Json& json) { json["message"] = json["text"] = text; });
  }
  void warning(std::string_view text) noexcept override {
    record("warning", [&](Json& json) { json["message"] = json["text"] = text; });
  }

private:
  struct Step {
    std::string name;
    std::uint64_t id = 0;  ///< counts from 1 within the run
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::optional<SteadyTime> shown = {};
  };

  template <class Fill>
  void record(const char* event, Fill&& fill) noexcept {
    try {
      const std::lock_guard guard(mutex_);
      Json json;
      const auto since = seconds(std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - start_));
      json["event"] = event;
      json["time"] = since;
      json["timestamp"] = static_cast<double>(facts_.started) + since;
      json["context"] = {{"origin", "ingot"}, {"id", "run"}};
      fill(json);
      if (json.is_null()) return;
      Json whole = {
          {"name", facts_.name}, {"total", std::max(expected_, started_)}, {"done", finished_}};
      if (json.contains("progress")) whole["progress"] = json["progress"];
      json["progress"] = std::move(whole);
      // Names of files may hold bytes that are no UTF-8.
      const std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
      out_.write(line.data(), static_cast<std::streamsize>(line.size())).flush();
    } catch (...) {
      // A report that cannot be written must not stop the work that it reports.
    }
  }

  Step& known(std::string_view name) {
    Step& step = running_[std::string(name)];
    if (step.id == 0) {
      step.name = name;
      step.id = ++started_;
    }
    return step;
  }

  static void of_step(Json& json, const Step& step) {
    const std::string id = std::to_string(step.id);
    json["step"] = step.name;
    json["context"]["id"] = id;
    json["context"]["step"] = {{"name", step.name}, {"id", id}};
    json["progress"] = {{"name", step.name}, {"total", step.total}, {"done", step.done}};
  }

  /// Five records a second and step are plenty for a reader.
  static bool due(Step& step) {
    const SteadyTime now = std::chrono::steady_clock::now();
    const bool early = step.shown && now - *step.shown < std::chrono::milliseconds(200);
    if (early && step.done != step.total) return false;
    step.shown = now;
    return true;
  }

  std::ostream& out_;
  RunFacts facts_;
  SteadyTime start_;
  std::mutex mutex_;
  std::map<std::string, Step> running_;
  std::uint64_t expected_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t finished_ = 0;
};

}  // namespace

std::unique_ptr<Report> make_json_report(std::ostream& out, RunFacts facts) {
  return std::make_unique<JsonReport>(out, std::move(facts));
}

}  // namespace ingot::report
