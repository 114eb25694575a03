// SPDX-License-Identifier: Apache-2.0
#include "os/signals.hpp"

#include <atomic>
#include <csignal>

#include "base/error.hpp"

namespace ingot::os {
namespace {

// A signal reaches the whole process: this is the one state that cannot be passed as an argument.
std::atomic<int> requested{0};
static_assert(std::atomic<int>::is_always_lock_free);

// No signal has this number.
constexpr int own_request = 1000;

extern "C" void remember_stop(int signal) { requested.store(signal, std::memory_order_relaxed); }

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  ::sigemptyset(&action.sa_mask);
  // No SA_RESTART: waiting calls return EINTR and look at the flag.
  action.sa_handler = remember_stop;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    // What the caller has us ignore (nohup) stays ignored.
    if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    if (::sigaction(signal, &action, nullptr) != 0) throw_errno("cannot catch stop signals");
  }
  action.sa_handler = SIG_IGN;
  if (::sigaction(SIGPIPE, &action, nullptr) != 0) throw_errno("cannot ignore SIGPIPE");
}

int stop_requested() noexcept { return requested.load(std::memory_order_relaxed); }

void check_stop() {
  if (const int signal = stop_requested(); signal != 0) throw Interrupted(signal);
}

bool ask_to_stop() noexcept {
  int none = 0;
  return requested.compare_exchange_strong(none, own_request);
}

void forget_stop(bool asked) noexcept {
  int own = own_request;
  if (asked) requested.compare_exchange_strong(own, 0);
}

}  // namespace ingot::os
