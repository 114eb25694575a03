// SPDX-License-Identifier: Apache-2.0
// The system calls of Linux that take paths, and the filter that stops a process at them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "os/path_trace.hpp"

namespace ingot::os {

/// A path among the arguments of a call.
struct PathArgument {
  long call = 0;
  int folder = -1;  ///< index of the argument with the folder's descriptor; -1: always the cwd
  int path = 0;     ///< index of the argument with the path
  PathUse use = PathUse::looked;
  bool executes = false;
};

/// Of this machine's architecture.
const std::vector<PathArgument>& path_arguments();

/// Whether this kernel can stop processes so.
bool can_stop_at_calls() noexcept;

/// The data of a seccomp stop at a call that the table above says nothing of.
constexpr std::uint32_t unknown_call = 1;

/// Makes this process, and all that it starts, stop for its tracer at every call of the table, at
/// chroot, and at every call of another architecture. Refused as if the kernel had them not are
/// io_uring, which opens files without such calls, and calls younger than the table. Source:
/// seccomp(2). Throws Fault::environment.
void stop_at_path_calls();

}  // namespace ingot::os
