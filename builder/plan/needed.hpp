// SPDX-License-Identifier: Apache-2.0
// Which steps of a plan some of its steps need.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace ingot::plan {

/// Those named and all that must be done before them. Fault::input for a name that the plan does
/// not have, with the one that was most likely meant.
std::set<std::string> needed_for(const Plan& plan, const std::vector<std::string>& steps);

}  // namespace ingot::plan
