// SPDX-License-Identifier: Apache-2.0
#include "os/process.hpp"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <poll.h>

#include "os/signals.hpp"
#include "os/spawn.hpp"

namespace ingot::os {

Process::Process(const Command& command, const Fd& output) {
  check_stop();
  const Fd input = open_file("/dev/null", O_RDONLY);
  pid_ = spawn(command, {.input = input.get(),
                         .output = command.stdout_fd.value_or(output.get()),
                         .error = output.get()});
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), outcome_(std::exchange(other.outcome_, {})) {}

Process::~Process() { stop(); }

std::optional<Outcome> Process::poll() {
  if (!outcome_ && pid_ > 0 && has_ended(pid_)) outcome_ = reap_group(pid_);
  return outcome_;
}

std::optional<Outcome> Process::wait(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const Fd notice = outcome_ ? Fd() : end_notice(pid_);
  for (;;) {
    if (poll()) return outcome_;
    check_stop();
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return std::nullopt;
    const int turn = static_cast<int>(std::min<std::int64_t>(left.count(), notice ? 100 : 10));
    pollfd waited{notice.get(), POLLIN, 0};
    if (::poll(&waited, 1, turn) < 0 && errno != EINTR) throw_errno("cannot wait for a process");
  }
}

void Process::stop() {
  if (!outcome_ && pid_ > 0) outcome_ = end_group(pid_);
}

}  // namespace ingot::os
