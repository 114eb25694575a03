// SPDX-License-Identifier: Apache-2.0
#include "report/terminal.hpp"

#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

namespace ingot::report {
namespace {

constexpr int none = -1;

int descriptor_of(const std::ostream& out) {
  if (&out == &std::cout) return STDOUT_FILENO;
  if (&out == &std::cerr || &out == &std::clog) return STDERR_FILENO;
  return none;
}

}  // namespace

bool is_terminal(const std::ostream& out) {
  const int descriptor = descriptor_of(out);
  return descriptor != none && ::isatty(descriptor) == 1;
}

WindowSize window_of(const std::ostream& out) {
  WindowSize window;
  if (!is_terminal(out)) return window;
  const int descriptor = descriptor_of(out);
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0)
    window = {size.ws_col, size.ws_row};
  // It fails where the terminal is not the one that controls us; then nobody can take it away.
  const pid_t foreground = ::tcgetpgrp(descriptor);
  if (foreground > 0 && foreground != ::getpgrp()) window.rows = 0;
  return window;
}

}  // namespace ingot::report
