// SPDX-License-Identifier: Apache-2.0
// File name patterns that a script may use.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace ingot::run {

/// The parts of paths in a text that have one of "*?[", without quotes and with '*' for every
/// variable: "libkmod.so.*" of `/usr/lib/*/libkmod.so.*`. Not those that match every name. More
/// than a shell would take for a pattern, never less, but for one put together from pieces that
/// have no such character.
std::set<std::string> glob_patterns_in(std::string_view text);

}  // namespace ingot::run
