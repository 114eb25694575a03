// SPDX-License-Identifier: Apache-2.0
// What an image was last made of, kept so that a later plan can say what has changed.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "plan/plan.hpp"

namespace ingot::plan {

/// As when the step was last carried out.
struct StepCost {
  std::optional<std::chrono::milliseconds> time = {};
  std::optional<Bytes> size = {};  ///< of its result
};

struct StepRecord {
  Sha256 key;
  std::vector<Ingredient> ingredients;
  std::map<std::string, std::string> inputs;  ///< keys by the names of steps
  StepCost cost = {};
};

/// By the names of steps.
using Record = std::map<std::string, StepRecord>;

/// `costs` by the names of steps; those that are not known may be missing.
std::string record_json(const Plan& plan, const std::map<std::string, StepCost>& costs = {});

/// Nothing when the text is no record, whole.
std::optional<Record> parse_record(std::string_view text);

/// What differs between the ingredients of a step now and then, in words, the most telling first:
/// "package libc6 2.36-9 -> 2.36-10", "files: etc/hosts changed".
std::vector<std::string> changes_of(const Step& step, const StepRecord& before);

/// Why a step cannot be what it was: its own changes, else the steps it needs that have some.
/// Empty when nothing differs.
std::vector<std::string> reasons_for(const Step& step, const Plan& plan, const Record& before);

}  // namespace ingot::plan
