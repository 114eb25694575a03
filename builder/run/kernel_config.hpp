// SPDX-License-Identifier: Apache-2.0
// The options that a kernel was configured with.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ingot::run {

/// Value by option, "CONFIG_" included: "y", "m", a number, a text in quotes. One that is not set
/// is not there, whether the text says so or not. Fault::verification for a line that is no option.
std::map<std::string, std::string> parse_kernel_config(std::string_view text);

}  // namespace ingot::run
