// SPDX-License-Identifier: Apache-2.0
#include "cli/output.hpp"

#include <cerrno>

#include "base/error.hpp"

namespace ingot::cli {
namespace {

// A stream forgets why it failed; the system's last error still says it.
[[noreturn]] void throw_failed() {
  const int reason = errno;
  if (reason == EPIPE) throw ReaderGone();
  throw_errno("cannot write to standard output", reason != 0 ? reason : EIO);
}

}  // namespace

void OutputSink::write(std::span<const std::uint8_t> bytes) {
  errno = 0;
  out_.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  if (!out_) throw_failed();
}

void OutputSink::finish() {
  errno = 0;
  out_.flush();
  if (!out_) throw_failed();
}

void print_result(std::ostream& out, std::string_view text) {
  try {
    OutputSink sink(out);
    sink.write({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    sink.finish();
  } catch (const ReaderGone&) {
    return;
  }
}

}  // namespace ingot::cli
