// SPDX-License-Identifier: Apache-2.0
// A whole run of a program: its output line by line, its time limit, its end.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/format.hpp"
#include "base/words.hpp"
#include "os/process.hpp"
#include "os/signals.hpp"
#include "os/spawn.hpp"

namespace ingot::os {
namespace {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t tail_lines = 20;
constexpr std::size_t longest_line = 64 * 1024;
constexpr std::size_t kept_output = 1024 * 1024;

/// Cuts a stream of bytes into lines, and keeps its beginning and its last lines.
class Lines {
public:
  explicit Lines(const Command& command) : on_line_(command.on_line) {}

  void add(std::string_view bytes) {
    output_.append(bytes.substr(0, kept_output - output_.size()));
    while (!bytes.empty()) {
      const std::size_t room = longest_line - partial_.size();
      const std::size_t end = std::min(bytes.find('\n'), bytes.size());
      partial_.append(bytes.substr(0, std::min(end, room)));
      if (end > room) {
        bytes.remove_prefix(room);
        finish_line();
      } else if (end < bytes.size()) {
        bytes.remove_prefix(end + 1);
        finish_line();
      } else {
        return;
      }
    }
  }

  void finish() {
    if (!partial_.empty()) finish_line();
  }

  void move_to(Outcome& outcome) {
    outcome.tail = std::move(tail_);
    outcome.output = std::move(output_);
  }

private:
  void finish_line() {
    const std::string line = std::exchange(partial_, {});
    if (tail_.size() == tail_lines) tail_.erase(tail_.begin());
    tail_.push_back(line);
    if (on_line_) on_line_(line);
  }

  const std::function<void(std::string_view)>& on_line_;
  std::string partial_;
  std::string output_;
  std::vector<std::string> tail_;
};

Fd input_for(const Command& command) {
  if (command.stdin_text.empty()) return open_file("/dev/null", O_RDONLY);
  // A file in memory instead of a pipe: the program may read it when it likes, or not at all.
  Fd memory(::memfd_create("stdin", MFD_CLOEXEC));
  if (!memory) throw_errno("cannot make a file in memory");
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(command.stdin_text.data());
  write_all(memory.get(), {bytes, command.stdin_text.size()}, "standard input");
  if (::lseek(memory.get(), 0, SEEK_SET) != 0) throw_errno("cannot rewind standard input");
  return memory;
}

/// A started program up to its end; ends the group when it goes out of scope before that.
class Run {
public:
  explicit Run(const Command& command) : command_(command), lines_(command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
    output_ = Fd(ends[0]);
    const Fd theirs(ends[1]);
    if (::fcntl(output_.get(), F_SETFL, O_NONBLOCK) != 0) throw_errno("cannot set up a pipe");
    const Fd input = input_for(command);
    started_ = std::chrono::steady_clock::now();
    pid_ = spawn(command, {.input = input.get(),
                           .output = command.stdout_fd.value_or(theirs.get()),
                           .error = theirs.get()});
    notice_ = end_notice(pid_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    if (pid_ > 0) end_group(pid_);
  }

  Outcome finish() {
    while (!complete()) {
      wait_a_moment();
      read_output();
      watch_limits();
    }
    Outcome outcome = reap_group(std::exchange(pid_, -1));
    // What the group wrote last; a process that left the group may hold the pipe open for ever.
    read_output();
    lines_.finish();
    outcome.timed_out = timed_out_;
    lines_.move_to(outcome);
    if (stopped_by_ != 0) throw Interrupted(stopped_by_);
    return outcome;
  }

private:
  /// The program has ended and its output too, or a second has passed since.
  bool complete() {
    if (!ended_ && has_ended(pid_)) ended_ = std::chrono::steady_clock::now();
    if (!ended_) return false;
    return !output_ || std::chrono::steady_clock::now() - *ended_ > std::chrono::seconds(1);
  }

  void wait_a_moment() {
    // A negative descriptor is skipped by poll; a notice that has come would only wake us.
    std::array<pollfd, 2> waited{
        {{output_.get(), POLLIN, 0}, {ended_ ? -1 : notice_.get(), POLLIN, 0}}};
    // Short turns: a stop signal may reach another thread, and then nothing wakes this one.
    const int turn = notice_ || ended_ ? 100 : 10;
    if (::poll(waited.data(), waited.size(), turn) < 0 && errno != EINTR) {
      throw_errno("cannot wait for " + command_.program);
    }
  }

  void read_output() {
    std::array<std::uint8_t, 65536> buffer;
    // Bounded, so that a program that never stops writing does not keep us from its limits.
    for (int turn = 0; output_ && turn < 16; ++turn) {
      const ssize_t got = ::read(output_.get(), buffer.data(), buffer.size());
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      if (got < 0) throw_errno("cannot read the output of " + command_.program);
      if (got == 0) output_.reset();
      lines_.add({reinterpret_cast<const char*>(buffer.data()), static_cast<std::size_t>(got)});
    }
  }

  void watch_limits() {
    const SteadyTime now = std::chrono::steady_clock::now();
    if (!kill_at_) {
      stopped_by_ = stop_requested();
      timed_out_ = stopped_by_ == 0 && command_.timeout && now - started_ >= *command_.timeout;
      if (stopped_by_ == 0 && !timed_out_) return;
      if (ended_) {  // too late to matter
        timed_out_ = false;
        return;
      }
      ::kill(-pid_, SIGTERM);
      kill_at_ = now + stop_grace;
    } else if (now >= *kill_at_) {
      ::kill(-pid_, SIGKILL);
    }
  }

  const Command& command_;
  Lines lines_;
  Fd output_;
  Fd notice_;
  pid_t pid_ = -1;
  SteadyTime started_;
  std::optional<SteadyTime> ended_;
  std::optional<SteadyTime> kill_at_;
  bool timed_out_ = false;
  int stopped_by_ = 0;
};

std::string ending_of(const Command& command, const Outcome& outcome) {
  if (outcome.timed_out) {
    const double limit = static_cast<double>(command.timeout.value_or(milliseconds{}).count());
    return format("did not end within {:.0f} s", limit / 1000);
  }
  if (outcome.signal != 0) return format("was ended by signal {}", outcome.signal);
  return format("exited with code {}", outcome.exit_code);
}

}  // namespace

Outcome SystemRunner::run(const Command& command) const {
  check_stop();
  return Run(command).finish();
}

Outcome require(const Runner& runner, const Command& command, Fault fault) {
  Outcome outcome = runner.run(command);
  if (outcome.ok()) return outcome;
  std::string text = format("{} {}", command.program, ending_of(command, outcome));
  if (!command.why.empty()) text = format("cannot {}: {}", command.why, text);
  if (!outcome.tail.empty()) text += "\n  | " + joined(outcome.tail, "\n  | ");
  throw Error(fault, text);
}

}  // namespace ingot::os
