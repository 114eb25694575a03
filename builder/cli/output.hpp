// SPDX-License-Identifier: Apache-2.0
// Results on their way out: a reader that has enough ends them, any other failure is one.
#pragma once

#include <ostream>
#include <string_view>

#include "os/sink.hpp"

namespace ingot::cli {

/// Nobody reads the output any more. Not an Error: whoever pipes into `head` has what he wanted.
struct ReaderGone {};

/// Bytes for `out`, which must outlive it. write() and finish(), which flushes, throw ReaderGone,
/// or Fault::io for anything else that goes wrong.
class OutputSink final : public os::Sink {
public:
  explicit OutputSink(std::ostream& out) : out_(out) {}
  void write(std::span<const std::uint8_t> bytes) override;
  void finish() override;

private:
  std::ostream& out_;
};

/// Writes and flushes `text`; Fault::io when that fails, but not for a reader that has gone.
void print_result(std::ostream& out, std::string_view text);

}  // namespace ingot::cli
