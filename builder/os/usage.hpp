// SPDX-License-Identifier: Apache-2.0
// What processes have used of the machine: processor time and memory.
#pragma once

#include <chrono>

#include "base/bytes.hpp"

struct rusage;

namespace ingot::os {

/// The kernel's account of a process and of all descendants that were waited for.
struct Usage {
  std::chrono::milliseconds cpu{0};  ///< user and system time
  /// The most that a single process held at a time; for a child, at least what its parent held
  /// when it was started.
  Bytes peak_memory;
};

Usage usage_from(const rusage& usage) noexcept;

/// Of this process alone, up to now.
Usage usage_of_self() noexcept;

/// Times add up; of memory the larger counts.
Usage operator+(const Usage& a, const Usage& b) noexcept;

}  // namespace ingot::os
