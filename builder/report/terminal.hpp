// SPDX-License-Identifier: Apache-2.0
// The terminal behind a stream, if there is one, and how large it is now.
#pragma once

#include <cstddef>
#include <ostream>

namespace ingot::report {

struct WindowSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Whether `out` is a standard stream of this process that leads to a terminal.
bool is_terminal(const std::ostream& out);

/// The usual size when `out` is none, or does not say. No rows while another program has the
/// terminal: what we draw there would mix with what that draws.
WindowSize window_of(const std::ostream& out);

}  // namespace ingot::report
