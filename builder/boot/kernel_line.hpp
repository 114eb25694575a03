// SPDX-License-Identifier: Apache-2.0
// The kernel's command line: words from several layers that must make one line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ingot::boot {

/// COMMAND_LINE_SIZE of x86 kernels, with the terminating zero byte.
constexpr std::size_t kernel_line_limit = 2048;

/// Joins the words with single spaces. A word that comes a second time in the same spelling is
/// left out. Fault::input for a word that the kernel would read differently (white space outside
/// of a quoted value, control or non-ASCII characters, quotes that do not enclose a whole value),
/// for a second value of a key that has one value (`console=` and a few others may repeat), and
/// for a line that is too long.
std::string kernel_line(const std::vector<std::string>& words);

}  // namespace ingot::boot
