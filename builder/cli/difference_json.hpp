// SPDX-License-Identifier: Apache-2.0
// In what two releases differ, for programs: all of it, as "ingot/diff/v1".
#pragma once

#include <string>

#include "run/release_difference.hpp"

namespace ingot::cli {

/// A section that was not compared is no member; "notCompared" says why.
std::string json_text_of(const run::ReleaseDifference& difference);

}  // namespace ingot::cli
