// SPDX-License-Identifier: Apache-2.0
// The only place that asks what time it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ingot::os {

class Clock {
public:
  virtual ~Clock() = default;
  /// Seconds since 1970-01-01T00:00:00Z.
  virtual std::int64_t unix_time() const = 0;
  virtual std::chrono::steady_clock::time_point steady() const = 0;
};

/// The machine's clocks.
const Clock& system_clock();

/// "2026-11-21T10:00:00Z" (RFC 3339).
std::string rfc3339(std::int64_t unix_time);

}  // namespace ingot::os
