// SPDX-License-Identifier: Apache-2.0
// Running other programs: always an argument vector, never a shell string.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "base/error.hpp"
#include "os/fd.hpp"
#include "os/usage.hpp"

namespace ingot::os {

struct Command {
  std::string program = {};            ///< looked up on PATH of `env` when it has no slash
  std::vector<std::string> args = {};  ///< without the program itself
  std::map<std::string, std::string> env = {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"},
                                            {"LC_ALL", "C.UTF-8"}};  ///< all of it
  std::filesystem::path cwd = "/";
  std::string stdin_text = {};  ///< fed to the program; empty means /dev/null
  /// Open descriptors that the program inherits under the given numbers (3 and up).
  std::map<int, int> inherit = {};
  /// Called for each line of stdout and stderr together, without its newline; a line of more than
  /// 64 KiB comes in pieces. Runs on the calling thread. When it throws, the group is ended.
  std::function<void(std::string_view)> on_line = {};
  /// When set, stdout's bytes go to this descriptor untouched and on_line sees stderr only.
  std::optional<int> stdout_fd = {};
  /// The whole run; TERM to the process group, KILL five seconds later.
  std::optional<std::chrono::milliseconds> timeout = {};
  std::string why = {};  ///< for messages: "index modules of kernel 6.12"
};

struct Outcome {
  int exit_code = 0;  ///< 128 + signal when a signal ended it
  int signal = 0;
  bool timed_out = false;
  std::vector<std::string> tail = {};  ///< the last 20 lines
  std::string output = {};  ///< the first MiB of stdout+stderr (stderr only with stdout_fd)
  Usage usage = {};         ///< with all that it waited for
  bool ok() const noexcept { return exit_code == 0 && !timed_out; }
};

class Runner {
public:
  virtual ~Runner() = default;
  /// Waits for the end. A non-zero exit is no error; Fault::environment when the program cannot be
  /// started, Interrupted when the process was asked to stop meanwhile (the group is ended first).
  virtual Outcome run(const Command& command) const = 0;
};

/// Own process group, default signals, all other descriptors closed. Whatever of the group outlives
/// the program is killed, and the program when the thread that runs it ends, as on kill -9.
class SystemRunner final : public Runner {
public:
  Outcome run(const Command& command) const override;
};

/// Runs and returns the outcome, or throws `fault` with why, program, exit code and last lines.
Outcome require(const Runner& runner, const Command& command, Fault fault = Fault::step_failed);

/// A program that goes on while we do other things (QEMU, a server). Its group is ended by the
/// destructor: TERM, then KILL. It must not outlive the thread that starts it: the program is killed
/// when that ends.
class Process {
public:
  /// Starts `command`; its timeout and stdin_text are ignored, stdout and stderr go to `output`.
  Process(const Command& command, const Fd& output);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  pid_t pid() const noexcept { return pid_; }
  /// The outcome once it has ended (without tail and output), nothing while it runs.
  std::optional<Outcome> poll();
  /// Waits up to `limit`; Interrupted when a stop is requested meanwhile.
  std::optional<Outcome> wait(std::chrono::milliseconds limit);
  /// Ends the group now: TERM, KILL five seconds later.
  void stop();

private:
  pid_t pid_ = -1;
  std::optional<Outcome> outcome_;
};

}  // namespace ingot::os
