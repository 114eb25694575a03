// SPDX-License-Identifier: Apache-2.0
// In what two releases differ, for people: most of it in one screen, the rest counted.
#pragma once

#include <string>

#include "run/release_difference.hpp"

namespace ingot::cli {

/// "+" is in b only, "-" in a only, "~" in both and different.
std::string text_of(const run::ReleaseDifference& difference);

}  // namespace ingot::cli
