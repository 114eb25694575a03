// SPDX-License-Identifier: Apache-2.0
#include "report/json_report.hpp"

#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "support/catch.hpp"
#include "support/json_records.hpp"

using namespace ingot;
using namespace ingot::report;
using namespace std::chrono_literals;

TEST_CASE("json: one record for each event", "[report]") {
  std::ostringstream out;
  const auto report = make_json_report(out, {});
  report->step_started("a \"quoted\" step");
  report->step_finished("a \"quoted\" step", StepOutcome::cached, 12ms, "from\nstore");
  report->note("bytes that are no UTF-8: \xff");
  report->warning("w");
  const auto records = test::records_of(out.str());
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
  const auto report = make_json_report(out, {});
  for (std::uint64_t done = 0; done <= 1000; ++done) report->step_progress("s", done, 1000);
  const auto records = test::records_of(out.str());
  CHECK(records.size() >= 2);
  CHECK(records.size() < 100);
  CHECK(records.front()["done"] == 0);
  CHECK(records.back()["done"] == 1000);
  CHECK(records.back()["total"] == 1000);
}

TEST_CASE("json: records carry the fields that osbuild's monitor has", "[report]") {
  std::ostringstream out;
  const auto report = make_json_report(out, {"build", 1'700'000'000});
  report->steps_expected(3);
  report->step_started("one");
  report->step_started("two");
  report->step_progress("two", 5, 10, Counted::bytes);
  report->step_finished("one", StepOutcome::shared, 12ms, "");
  report->note("n");
  const auto records = test::records_of(out.str());
  REQUIRE(records.size() == 6);
  CHECK(records[0]["event"] == "steps-expected");
  for (const nlohmann::json& record : records) {
    CHECK(record["timestamp"].get<double>() >= 1'700'000'000.0);
    CHECK(record["progress"]["name"] == "build");
    CHECK(record["progress"]["total"] == 3);
    CHECK(record["context"]["origin"] == "ingot");
  }
  CHECK(records[3]["context"]["step"] == nlohmann::json{{"name", "two"}, {"id", "2"}});
  CHECK(records[3]["progress"]["progress"] ==
        nlohmann::json{{"name", "two"}, {"total", 10}, {"done", 5}});
  CHECK(records[3]["unit"] == "bytes");
  CHECK(records[4]["context"]["id"] == "1");
  CHECK(records[4]["outcome"] == "shared");
  CHECK(records[4]["message"] == "one: shared");
  CHECK(records[5]["progress"]["done"] == 1);
  CHECK(records[5]["message"] == "n");
  CHECK_FALSE(records[5]["progress"].contains("progress"));
}
