// SPDX-License-Identifier: Apache-2.0
#include "report/live_view.hpp"

#include "report/terminal_text.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::report;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

const SteadyTime start{1000s};

}  // namespace

TEST_CASE("times are told in seconds, minutes and hours", "[report]") {
  CHECK(time_text(0ms) == "0.0 s");
  CHECK(time_text(1290ms) == "1.2 s");
  CHECK(time_text(59999ms) == "59.9 s");
  CHECK(time_text(60s) == "1:00");
  CHECK(time_text(3599s) == "59:59");
  CHECK(time_text(3661s) == "1:01:01");
}

TEST_CASE("running steps are shown with time and how far they are, the oldest first", "[report]") {
  LiveView view(start);
  CHECK(view.lines(start, {100, 24}).empty());
  view.start("fetch", start);
  view.expect(4);
  view.start("modules/gpu", start + 2s);
  view.start("build-root", start + 3s);
  view.progress("fetch", 150'000'000, 300'000'000, Counted::bytes);
  view.progress("build-root", 7, 0, Counted::items);
  CHECK(view.lines(start + 65s, {100, 24}) ==
        Lines{"  fetch                                        1:05  [######......]  50 %"
              "  150 MB of 300 MB",
              "  modules/gpu                                  1:03",
              "  build-root                                   1:02  7",
              "3 running, 0 of 5 done, 1:05"});
  view.finish("fetch", StepOutcome::done);
  view.finish("modules/gpu", StepOutcome::shared);
  CHECK(view.lines(start + 66s, {100, 24}).back() ==
        "1 running, 2 of 5 done, 1 of them found, 1:06");
  view.finish("build-root", StepOutcome::failed);
  CHECK(view.idle());
  CHECK(view.lines(start + 66s, {100, 24}).empty());
}

TEST_CASE("no line is as wide as the window, whatever a step is called", "[report]") {
  LiveView view(start);
  view.start(std::string(300, 'x'), start);
  view.start("\x1b[2J\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e/\xff and more of that", start);
  view.progress("\x1b[2J\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e/\xff and more of that", 1, 3,
                Counted::items);
  for (const std::size_t columns : {2U, 3U, 5U, 20U, 40U, 71U, 72U, 80U, 81U, 200U})
    for (const std::string& line : view.lines(start + 1h, {columns, 24})) {
      CHECK(columns_of(line) < columns);
      CHECK(line.find('\x1b') == std::string::npos);
    }
  CHECK(view.lines(start, {1, 24}).empty());
}

TEST_CASE("there are fewer lines than the window has rows", "[report]") {
  LiveView view(start);
  for (int i = 0; i < 10; ++i) view.start("step " + std::to_string(i), start);
  const Lines lines = view.lines(start, {80, 5});
  REQUIRE(lines.size() == 4);
  CHECK(lines.back() == "10 running, 7 of them not shown, 0 done, 0 s");
  CHECK(view.lines(start, {80, 2}).empty());
  CHECK(view.lines(start, {80, 0}).empty());
}

TEST_CASE("more than all is all, and what never started is not shown", "[report]") {
  LiveView view(start);
  view.start("step", start);
  view.progress("step", 9, 3, Counted::items);
  view.progress("never started", 1, 3, Counted::items);
  const Lines lines = view.lines(start, {80, 24});
  REQUIRE(lines.size() == 2);
  CHECK(lines.front().find("100 %  9 of 3") != std::string::npos);
  view.finish("another", StepOutcome::done);
  CHECK_FALSE(view.idle());
  CHECK(view.lines(start, {80, 24}).back() == "1 running, 1 done, 0 s");
}
