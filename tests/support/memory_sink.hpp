// SPDX-License-Identifier: Apache-2.0
// A sink that keeps what it is given.
#pragma once

#include <string>

#include "os/sink.hpp"

namespace ingot::test {

class MemorySink final : public os::Sink {
public:
  void write(std::span<const std::uint8_t> more) override {
    bytes.append(more.begin(), more.end());
  }
  void finish() override { finished = true; }

  std::string bytes;
  bool finished = false;
};

}  // namespace ingot::test
