// SPDX-License-Identifier: Apache-2.0
// What a result in the store took when it was made, and how large it is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/record.hpp"
#include "run/tree_steps.hpp"
#include "step/formats.hpp"
#include "store/store.hpp"

namespace ingot::run {

/// As the entry's facts say it, of trees and formats alike; what they do not say stays unknown.
plan::StepCost cost_of(const store::Entry& entry);

/// Of the files of a format; they are measured.
Bytes size_of(const std::vector<step::MadeFile>& files);

/// Of all steps of a plan that has been carried out.
std::map<std::string, plan::StepCost> costs_of(const plan::Plan& plan, const TreeSteps& steps);

}  // namespace ingot::run
