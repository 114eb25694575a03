// SPDX-License-Identifier: Apache-2.0
#include "os/signals.hpp"

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/process.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::os;

namespace {

/// The flag is for ever, so each case asks a process of its own.
template <class Work>
int in_child(Work&& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      ::_exit(work());
    } catch (...) {
      ::_exit(99);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("nobody has asked to stop", "[os]") {
  CHECK(stop_requested() == 0);
  CHECK_NOTHROW(check_stop());
}

TEST_CASE("a stop signal sets the flag and interrupts", "[os]") {
  CHECK(in_child([] {
          catch_stop_signals();
          ::raise(SIGPIPE);
          ::raise(SIGTERM);
          try {
            check_stop();
          } catch (const Interrupted& stop) {
            return stop.signal();
          }
          return 0;
        }) == SIGTERM);
}

TEST_CASE("a stop signal ends the program that is running, then interrupts", "[os]") {
  CHECK(in_child([] {
          catch_stop_signals();
          Command command{.program = "sh", .args = {"-c", "echo ready; exec sleep 60"}};
          command.on_line = [](std::string_view) { ::raise(SIGINT); };
          try {
            SystemRunner().run(command);
          } catch (const Interrupted& stop) {
            // Its group is gone: no child is left to wait for.
            return ::waitpid(-1, nullptr, WNOHANG) < 0 ? stop.signal() : 50;
          }
          return 0;
        }) == SIGINT);
}
