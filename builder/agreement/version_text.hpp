// SPDX-License-Identifier: Apache-2.0
// NVIDIA driver versions as they stand in file names and inside of programs.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace ingot::agreement {

/// Is it written like a driver version: three digits, a dot, two or three digits, and perhaps a
/// dot and two digits?
bool is_driver_version(std::string_view text);

/// All driver versions that stand in a text or program; at most a few.
std::set<std::string> driver_versions_in(std::string_view bytes);

}  // namespace ingot::agreement
