// SPDX-License-Identifier: Apache-2.0
#include "report/sinks.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::report;
using namespace std::chrono_literals;

namespace {

std::vector<nlohmann::json> records_of(const std::string& text) {
  std::vector<nlohmann::json> records;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) records.push_back(nlohmann::json::parse(line));
  return records;
}

}  // namespace

TEST_CASE("the styles have names, and auto is plain", "[report]") {
  CHECK(style_of("plain") == Style::plain);
  CHECK(style_of("auto") == Style::plain);
  CHECK(style_of("json") == Style::json);
  CHECK(style_of("none") == Style::none);
  CHECK_FALSE(style_of("fancy"));
}

TEST_CASE("plain: a line when a step starts and one when it ends", "[report]") {
  std::ostringstream out;
  const auto report = make_report(Style::plain, out);
  report->step_started("compile modules");
  report->step_progress("compile modules", 1, 2);
  report->step_finished("compile modules", StepOutcome::done, 3210ms, "5 modules");
  report->step_finished("fetch", StepOutcome::cached, 0ms, "");
  report->step_finished("sign", StepOutcome::failed, 120ms, "");
  report->note("hello");
  report->warning("careful");
  CHECK(out.str() ==
        "==> compile modules\n"
        "    compile modules  done in 3.2 s (5 modules)\n"
        "    fetch  cached\n"
        "    sign  FAILED after 0.1 s\n"
        "hello\n"
        "warning: careful\n");
}

TEST_CASE("json: one record for each event", "[report]") {
  std::ostringstream out;
  const auto report = make_report(Style::json, out);
  report->step_started("a \"quoted\" step");
  report->step_finished("a \"quoted\" step", StepOutcome::cached, 12ms, "from\nstore");
  report->note("bytes that are no UTF-8: \xff");
  report->warning("w");
  const auto records = records_of(out.str());
  REQUIRE(records.size() == 4);
  CHECK(records[0]["event"] == "step-started");
  CHECK(records[0]["step"] == "a \"quoted\" step");
  CHECK(records[0]["time"].is_number());
  CHECK(records[1]["event"] == "step-finished");
  CHECK(records[1]["outcome"] == "cached");
  CHECK(records[1]["milliseconds"] == 12);
  CHECK(records[1]["text"] == "from\nstore");
  CHECK(records[2]["event"] == "note");
  CHECK(records[3]["event"] == "warning");
}

TEST_CASE("json: progress is thinned out, but its end is always told", "[report]") {
  std::ostringstream out;
  const auto report = make_report(Style::json, out);
  for (std::uint64_t done = 0; done <= 1000; ++done) report->step_progress("s", done, 1000);
  const auto records = records_of(out.str());
  CHECK(records.size() >= 2);
  CHECK(records.size() < 100);
  CHECK(records.front()["done"] == 0);
  CHECK(records.back()["done"] == 1000);
  CHECK(records.back()["total"] == 1000);
}

TEST_CASE("lines of many threads do not mix", "[report]") {
  std::ostringstream out;
  const auto report = make_report(Style::json, out);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 200; ++j) report->note("a text that is long enough to be torn");
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(records_of(out.str()).size() == 800);
}

TEST_CASE("a stream that fails stops nothing", "[report]") {
  std::ostringstream out;
  out.exceptions(std::ios::badbit);
  out.setstate(std::ios::eofbit);
  const auto report = make_report(Style::plain, out);
  report->note("lost");
  make_report(Style::none, out)->note("nothing");
}
