// SPDX-License-Identifier: Apache-2.0
#include "run/ledger.hpp"

#include <stdexcept>

#include "support/catch.hpp"
#include "support/recording_report.hpp"

using namespace ingot;
using namespace std::chrono_literals;

namespace {

struct TurnedClock final : os::Clock {
  std::chrono::steady_clock::time_point now{500s};
  std::int64_t unix_time() const override { return 0; }
  std::chrono::steady_clock::time_point steady() const override { return now; }
};

}  // namespace

TEST_CASE("starts, ends and outcomes are written down, and all events passed on", "[run]") {
  TurnedClock clock;
  test::RecordingReport report;
  run::Ledger ledger(report, clock);
  Report& events = ledger;
  clock.now += 10ms;
  events.step_started("one");
  clock.now += 10ms;
  events.step_started("two");
  events.step_progress("two", 1, 2);
  clock.now += 30ms;
  events.step_finished("two", StepOutcome::cached, 30ms, "detail");
  events.note("note");
  events.warning("warning");
  const auto steps = ledger.steps();
  REQUIRE(steps.size() == 1);
  CHECK(steps[0].name == "two");
  CHECK(steps[0].outcome == "cached");
  CHECK(steps[0].started == 20ms);
  CHECK(steps[0].ended == 50ms);
  CHECK(ledger.since_start() == 50ms);
  events.step_finished("one", StepOutcome::done, 40ms, "");
  CHECK(ledger.steps().front().name == "one");
  CHECK(report.events().size() == 7);
}

TEST_CASE("a step around work has the work's outcome, also when it fails", "[run]") {
  TurnedClock clock;
  test::RecordingReport report;
  run::Ledger ledger(report, clock);
  ledger.timed("good", [&] {
    clock.now += 7ms;
    return StepOutcome::shared;
  });
  CHECK_THROWS_AS(ledger.timed("bad", []() -> StepOutcome { throw std::runtime_error("no"); }),
                  std::runtime_error);
  const auto steps = ledger.steps();
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].outcome == "shared");
  CHECK(steps[0].took() == 7ms);
  CHECK(steps[1].outcome == "failed");
}
