// SPDX-License-Identifier: Apache-2.0
// Following the processes of a sandbox from call to call.
#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

#include "os/path_calls.hpp"

namespace ingot::os {

/// For process 1 of a sandbox, which must have no other children. Processor time: some 30 us for
/// each call with a path, as all that is traced runs on one core; with more, each stop would wake
/// another core.
class PathTracer {
public:
  /// Starts a process that carries out `work`, which must end it, under watch. Where that is
  /// forbidden it runs all the same, and the trace has a gap. Of the cores that are allowed, the
  /// one for everything is chosen by `turn`. Throws Fault::environment.
  void start(unsigned turn, const std::function<void()>& work);
  /// Reaps everything until the process that was started has ended; returns its wait status.
  int follow();

  const PathTrace& trace() const noexcept { return trace_; }

private:
  void stopped(pid_t process, int status);
  void note_call(pid_t process);
  void note_argument(pid_t process, const PathArgument& argument, const std::uint64_t* values,
                     bool confined);
  void note(const std::string& path, PathUse use);
  void note_program(const std::string& path, int depth);
  void lose(const std::string& why);
  bool other_root(pid_t process);

  PathTrace trace_;
  pid_t started_ = -1;
  bool roots_change_ = false;
};

}  // namespace ingot::os
