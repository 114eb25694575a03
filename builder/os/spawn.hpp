// SPDX-License-Identifier: Apache-2.0
// Starting a program in a process group of its own, and ending that group.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include <sys/types.h>

#include "os/fd.hpp"
#include "os/process.hpp"

namespace ingot::os {

/// How long a group has between TERM and KILL.
constexpr std::chrono::seconds stop_grace{5};

/// What becomes descriptors 0, 1 and 2 of a program.
struct StandardStreams {
  int input;
  int output;
  int error;
};

/// The file that `program` names: itself when it has a slash, else the first executable on PATH of
/// `env`; Fault::environment when there is none.
std::string located(const std::string& program, const std::map<std::string, std::string>& env);

/// Starts `command` as leader of a new group and returns its id. Fault::environment when that
/// fails.
pid_t spawn(const Command& command, const StandardStreams& streams);

/// A descriptor that becomes readable when the process ends; none on kernels before 5.3.
Fd end_notice(pid_t pid);

/// Whether the process has ended; it stays reapable, so that its id names nothing else.
bool has_ended(pid_t pid);

/// Kills what is left of the group and reaps the leader, which must have ended or not care.
Outcome reap_group(pid_t pid) noexcept;

/// TERM, up to `stop_grace`, KILL, reap.
Outcome end_group(pid_t pid) noexcept;

}  // namespace ingot::os
