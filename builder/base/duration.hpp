// SPDX-License-Identifier: Apache-2.0
// Spans of time for people and for records.
#pragma once

#include <chrono>
#include <string>

#include "base/format.hpp"

namespace ingot {

inline double seconds(std::chrono::milliseconds span) {
  return static_cast<double>(span.count()) / 1000;
}

/// "2.5 s".
inline std::string seconds_text(std::chrono::milliseconds span) {
  return format("{:.1f} s", seconds(span));
}

}  // namespace ingot
