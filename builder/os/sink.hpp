// SPDX-License-Identifier: Apache-2.0
// Somewhere bytes go, one after another: a file, a compressor, a hasher in front of another sink.
#pragma once

#include <cstdint>
#include <span>

namespace ingot::os {

class Sink {
public:
  virtual ~Sink() = default;
  virtual void write(std::span<const std::uint8_t> bytes) = 0;
  /// Flushes what is held back, then finishes the sink behind this one. Nothing is written
  /// afterwards. A sink that is destroyed without it leaves its output incomplete.
  virtual void finish() = 0;
};

}  // namespace ingot::os
