// SPDX-License-Identifier: Apache-2.0
#include "report/sinks.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/json_records.hpp"

using namespace ingot;
using namespace ingot::report;
using namespace std::chrono_literals;

TEST_CASE("the styles have names, and auto is plain where no terminal is", "[report]") {
  const std::ostringstream out;
  CHECK(style_of("tty", {}, out) == Style::tty);
  CHECK(style_of("plain", {}, out) == Style::plain);
  CHECK(style_of("auto", {}, out) == Style::plain);
  CHECK(style_of("json", {}, out) == Style::json);
  CHECK(style_of("none", {}, out) == Style::none);
  CHECK_FALSE(style_of("fancy", {}, out));
}

TEST_CASE("plain: a line when a step starts and one when it ends", "[report]") {
  std::ostringstream out;
  const auto report = make_report(Style::plain, out);
  report->step_started("compile modules");
  report->step_progress("compile modules", 1, 2);
  report->step_finished("compile modules", StepOutcome::done, 3210ms, "5 modules");
  report->step_finished("fetch", StepOutcome::cached, 0ms, "");
  report->step_finished("list", StepOutcome::shared, 0ms, "");
  report->step_finished("sign", StepOutcome::failed, 120ms, "");
  report->note("hello");
  report->warning("careful");
  CHECK(out.str() ==
        "==> compile modules\n"
        "    compile modules  done in 3.2 s (5 modules)\n"
        "    fetch  cached\n"
        "    list  shared\n"
        "    sign  FAILED after 0.1 s\n"
        "hello\n"
        "warning: careful\n");
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
  CHECK(test::records_of(out.str()).size() == 800);
}

TEST_CASE("a stream that fails stops nothing", "[report]") {
  std::ostringstream out;
  out.exceptions(std::ios::badbit);
  out.setstate(std::ios::eofbit);
  const auto report = make_report(Style::plain, out);
  report->note("lost");
  make_report(Style::none, out)->note("nothing");
}
