// SPDX-License-Identifier: Apache-2.0
// Checks that hang, crash or babble, and what the runner makes of them.
#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "command.hpp"
#include "fake_tree.hpp"
#include "file.hpp"
#include "runner.hpp"
#include "support/catch.hpp"

using namespace ingot::selftest;
using namespace std::chrono_literals;
using selftest_test::holds;

TEST_CASE("a result comes back whole from the child", "[selftest]") {
  const auto result = run_guarded(
      [] {
        Result made = fail("a \"reason\"\nwith \xff bytes", {{"name", "value"}, {"b", ""}});
        made.severity = Severity::warning;
        return made;
      },
      5s);
  CHECK(result.outcome == Outcome::fail);
  CHECK(result.reason == "a \"reason\"\nwith \xef\xbf\xbd bytes");
  CHECK(result.severity == Severity::warning);
  CHECK(result.values == Values{{"name", "value"}, {"b", ""}});
  CHECK(result.milliseconds >= 0);
}

TEST_CASE("a hanging check is killed within its limit, with all it started", "[selftest]") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const Fd held(ends[0]);
  Fd holding(ends[1]);
  const auto start = std::chrono::steady_clock::now();
  const auto result = run_guarded(
      []() -> Result {
        ::fork();
        for (;;) ::pause();
      },
      200ms);
  CHECK(std::chrono::steady_clock::now() - start < 20s);
  CHECK(result.outcome == Outcome::fail);
  CHECK(result.reason == "hung: no answer within 200 ms; killed");
  CHECK(result.milliseconds >= 200);
  // Both processes inherited the pipe: it ends when the last of them is gone.
  holding.reset();
  pollfd wait{.fd = held.get(), .events = POLLIN, .revents = 0};
  REQUIRE(::poll(&wait, 1, 20000) == 1);
  char octet = 0;
  CHECK(::read(held.get(), &octet, 1) == 0);
}

TEST_CASE("a check that hangs after its answer is killed too", "[selftest]") {
  const auto result = run_guarded(
      []() -> Result {
        for (int number = 3; number < 64; ++number) ::close(number);
        for (;;) ::pause();
      },
      200ms);
  CHECK(holds(result.reason, "hung"));
}

TEST_CASE("a crash is a failure that names the signal", "[selftest]") {
  const auto result = run_guarded(
      []() -> Result {
        ::signal(SIGABRT, SIG_DFL);
        std::abort();
      },
      5s);
  CHECK(result.outcome == Outcome::fail);
  CHECK(result.reason == "crashed: SIGABRT");
  CHECK(run_guarded(
            []() -> Result {
              ::raise(SIGKILL);
              std::abort();
            },
            5s)
            .reason == "crashed: SIGKILL");
}

TEST_CASE("a child that ends without an answer fails", "[selftest]") {
  CHECK(run_guarded([]() -> Result { ::_exit(3); }, 5s).reason == "ended with 3 and no answer");
  CHECK(run_guarded([]() -> Result { ::_exit(0); }, 5s).reason ==
        "the check ended without an answer");
  CHECK(run_guarded([]() -> Result { throw std::runtime_error("thrown"); }, 5s).reason == "thrown");
  CHECK(run_guarded([]() -> Result { throw 7; }, 5s).outcome == Outcome::fail);
}

TEST_CASE("garbage on the pipe is a failure, never a pass", "[selftest]") {
  CHECK(run_guarded(
            []() -> Result {
              for (int number = 3; number < 64; ++number) {
                (void)!::write(number, "garbage", 7);
              }
              ::_exit(0);
            },
            5s)
            .reason == "the check's answer cannot be read");
  const std::string good = to_wire(pass("fine", {{"a", "b"}}));
  CHECK(from_wire(good).outcome == Outcome::pass);
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK(from_wire(good.substr(0, size)).outcome == Outcome::fail);
  }
  for (const char* text :
       {"null", "[]", "7", "{}", R"({"outcome":"pass"})", R"({"outcome":"good","reason":""})",
        R"({"outcome":"pass","reason":7})", R"({"outcome":7,"reason":""})",
        R"({"outcome":"pass","reason":"","severity":"X"})",
        R"({"outcome":"pass","reason":"","values":{"a":1}})",
        R"({"outcome":"pass","reason":"","values":[]})"}) {
    INFO(text);
    CHECK(from_wire(text).outcome == Outcome::fail);
  }
}

TEST_CASE("an endless answer is cut off", "[selftest]") {
  const auto result = run_guarded([] { return fail(std::string(std::size_t{3} << 20, 'x')); }, 5s);
  CHECK(result.reason == "the check's answer is too long");
}

TEST_CASE("findings keep every fault and show twenty", "[selftest]") {
  Findings findings;
  for (int i = 0; i < 25; ++i) findings.add("fault " + std::to_string(i));
  const auto result = std::move(findings).result("good");
  CHECK(holds(result.reason, "fault 19; and 5 more"));
}

TEST_CASE("a program's output and end are told apart", "[selftest]") {
  const auto good = run_command({"/bin/sh", "-c", "echo out; echo err >&2"}, 5s);
  CHECK(good.good());
  CHECK(good.output == "out\n");
  CHECK(good.error_output == "err\n");
  CHECK(run_command({"/bin/sh", "-c", "echo a; echo b >&2; exit 3"}, 5s).why() ==
        "ended with 3: b");
  CHECK(run_command({"/bin/sh", "-c", "kill -9 $$"}, 5s).why() == "was ended by a signal");
  CHECK(run_command({"/bin/sh", "-c", "exec sleep 60"}, 100ms).why() == "took too long");
  CHECK_THROWS(run_command({"/nonexistent/program"}, 5s));
}
