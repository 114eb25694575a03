// SPDX-License-Identifier: Apache-2.0
#include "report/live_report.hpp"

#include <atomic>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "support/catch.hpp"
#include "support/tiny_terminal.hpp"

using namespace ingot;
using namespace ingot::report;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

/// A report on a stream of its own, with a clock that we turn.
struct Stage {
  std::ostringstream out;
  SteadyTime now{100s};
  WindowSize window{60, 24};
  std::optional<LiveReport> report;

  explicit Stage(Colour colour = Colour::no) {
    report.emplace(out, LiveOptions{.colour = colour,
                                    .ticking = Ticking::no,
                                    .window = [this] { return window; },
                                    .now = [this] { return now; }});
  }
  /// What was written since the last call.
  std::string said() {
    const std::string text = out.str();
    out.str({});
    return text;
  }
};

}  // namespace

TEST_CASE("a step is shown while it runs, and is one line when it is over", "[report]") {
  Stage stage;
  stage.report->step_started("seal");
  CHECK(stage.said() == "  seal                  0 s\x1b[K\n1 running, 0 done, 0 s\x1b[K\n");
  stage.now += 1500ms;
  stage.report->draw();
  CHECK(stage.said() ==
        "\r\x1b[2A  seal                  1 s\x1b[K\n1 running, 0 done, 1 s\x1b[K\n\x1b[J");
  stage.report->step_finished("seal", StepOutcome::done, 1500ms, "3 files");
  CHECK(stage.said() ==
        "\r\x1b[2Adone   seal                            1.5 s  (3 files)\x1b[K\n\x1b[J");
  stage.report.reset();
  CHECK(stage.said().empty());
}

TEST_CASE("what has not changed is not drawn again, nor is anything within 100 ms", "[report]") {
  Stage stage;
  stage.report->step_started("a");
  stage.said();
  stage.now += 500ms;
  stage.report->draw();
  CHECK(stage.said().empty());
  stage.report->step_progress("a", 1, 4, Counted::items);
  CHECK_FALSE(stage.said().empty());
  stage.now += 99ms;
  stage.report->step_progress("a", 2, 4, Counted::items);
  stage.report->note("later");
  CHECK(stage.said().empty());
  stage.now += 1ms;
  stage.report->draw();
  CHECK(stage.said() ==
        "\r\x1b[2Alater\x1b[K\n  a                     0 s  50 %  2 of 4\x1b[K\n"
        "1 running, 0 done, 0 s\x1b[K\n\x1b[J");
}

TEST_CASE("notes and warnings scroll above what runs, line by line, harmless", "[report]") {
  Stage stage(Colour::yes);
  stage.report->step_started("a");
  stage.now += 1s;
  stage.report->warning("one\ntwo \x1b[2J");
  CHECK(stage.said().find("\r\x1b[2A\x1b[33mwarning:\x1b[0m one\x1b[K\ntwo \\033[2J\x1b[K\n  a ") !=
        std::string::npos);
}

TEST_CASE("outcomes have colours, unless nobody wants them", "[report]") {
  Stage stage(Colour::yes);
  stage.report->step_finished("a", StepOutcome::done, 1s, "");
  stage.report->step_finished("b", StepOutcome::cached, 1s, "");
  stage.report->step_finished("c", StepOutcome::shared, 1s, "");
  stage.report->step_finished("d", StepOutcome::failed, 61s, "");
  CHECK(stage.said() ==
        "\x1b[32mdone  \x1b[0m a                               1.0 s\x1b[K\n"
        "\x1b[2mcached\x1b[0m b\x1b[K\n"
        "\x1b[2mshared\x1b[0m c\x1b[K\n"
        "\x1b[1;31mFAILED\x1b[0m d                                1:01\x1b[K\n");
}

TEST_CASE("the lines of running steps go with the report, also when an exception ends it",
          "[report]") {
  Stage stage;
  try {
    stage.report->step_started("a");
    stage.report->note("not yet drawn");
    throw std::runtime_error("over");
  } catch (const std::runtime_error&) {
    stage.report.reset();
  }
  test::TinyTerminal terminal(60);
  terminal.take(stage.said());
  CHECK(terminal.lines() == Lines{"not yet drawn"});
  CHECK(terminal.row() == 1);
  CHECK(terminal.column() == 0);
}

TEST_CASE("a terminal shows each finished step once, and at the end nothing else", "[report]") {
  Stage stage;
  test::TinyTerminal terminal(60);
  stage.report->steps_expected(30);
  for (int i = 0; i < 30; ++i) {
    stage.report->step_started("step " + std::to_string(i));
    if (i == 12) stage.window = {30, 8};
    if (i == 15) stage.report->note(std::string(150, 'n'));
    stage.now += 70ms;
    if (i >= 5)
      stage.report->step_finished("step " + std::to_string(i - 5), StepOutcome::cached, 1s, "");
    terminal.take(stage.said());
  }
  CHECK(terminal.lines().back() == "5 running, 25 of 30 done, ...");
  for (int i = 25; i < 30; ++i)
    stage.report->step_finished("step " + std::to_string(i), StepOutcome::cached, 1s, "");
  terminal.take(stage.said());
  Lines expected;
  for (int i = 0; i < 30; ++i) {
    if (i == 10)
      expected.insert(expected.end(),
                      {std::string(60, 'n'), std::string(60, 'n'), std::string(30, 'n')});
    expected.push_back("cached step " + std::to_string(i));
  }
  CHECK(terminal.lines() == expected);
  CHECK(terminal.unknown().empty());
}

TEST_CASE("while another program has the terminal only lines scroll", "[report]") {
  Stage stage;
  stage.window.rows = 0;
  stage.report->step_started("a");
  CHECK(stage.said().empty());
  stage.report->note("n");
  CHECK(stage.said() == "n\x1b[K\n");
  stage.report->step_finished("a", StepOutcome::cached, 1s, "");
  CHECK(stage.said() == "cached a\x1b[K\n");
}

TEST_CASE("its thread redraws while steps run, and only then", "[report]") {
  std::ostringstream out;
  std::atomic<int> asked{0};
  LiveReport report(out, {.colour = Colour::no,
                          .window =
                              [&] {
                                ++asked;
                                return WindowSize{80, 24};
                              },
                          .now = [] { return std::chrono::steady_clock::now(); }});
  const auto reached = [&](int count) {
    for (int turn = 0; turn < 500 && asked < count; ++turn) std::this_thread::sleep_for(10ms);
    return asked >= count;
  };
  const auto start = std::chrono::steady_clock::now();
  report.step_started("a");
  CHECK(reached(4));
  CHECK(std::chrono::steady_clock::now() - start >= 290ms);
  report.step_finished("a", StepOutcome::done, 1s, "");
  const int before = asked;
  std::this_thread::sleep_for(250ms);
  CHECK(asked == before);
  report.step_started("b");
  CHECK(reached(before + 3));
}

TEST_CASE("events of many threads are told whole", "[report]") {
  std::ostringstream out;
  {
    LiveReport report(out, {.colour = Colour::no,
                            .window =
                                [] {
                                  return WindowSize{80, 24};
                                },
                            .now = [] { return std::chrono::steady_clock::now(); }});
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&report, i] {
        for (int j = 0; j < 100; ++j) {
          const std::string step = std::to_string(i) + "/" + std::to_string(j);
          report.step_started(step);
          report.step_progress(step, 1, 2, Counted::items);
          report.step_finished(step, StepOutcome::cached, 1ms, "");
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  test::TinyTerminal terminal(80);
  terminal.take(out.str());
  CHECK(terminal.lines().size() == 400);
}

TEST_CASE("a terminal that is gone stops nothing", "[report]") {
  std::ostringstream out;
  out.exceptions(std::ios::badbit);
  out.setstate(std::ios::eofbit);
  LiveReport report(out, {.window =
                              [] {
                                return WindowSize{80, 24};
                              },
                          .now = [] { return std::chrono::steady_clock::now(); }});
  report.step_started("a");
  report.note("lost");
}
