// SPDX-License-Identifier: Apache-2.0
// What agreement.json of a release says: the outcome of each rule.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ingot::run {

struct RuleOutcomes {
  std::string verdict;                          ///< "pass", "fail"
  std::map<std::string, std::string> outcomes;  ///< "pass", "fail", "skip" by rule
};

/// Fault::verification when it is no such record.
RuleOutcomes parse_rule_outcomes(std::string_view text);

}  // namespace ingot::run
