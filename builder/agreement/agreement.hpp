// SPDX-License-Identifier: Apache-2.0
// The proof that everything in a finished image tree agrees: all rules, their outcomes, and
// agreement.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agreement/facts.hpp"
#include "agreement/rule.hpp"

namespace ingot::agreement {

struct RuleOutcome {
  const Rule* rule = nullptr;
  Verdict verdict;
};

/// Every rule, in the order of agreement.json. Ids are unique.
std::vector<const Rule*> all_rules();

/// Judges a tree by all rules. Reads only, runs nothing, and looks at nothing outside of `tree`
/// and the build root of `facts`. A file that is too large or damaged fails the rule that reads
/// it; Fault::io when the tree itself cannot be read.
std::vector<RuleOutcome> judge_tree(const std::filesystem::path& tree, const Facts& facts);

/// "ingot/agreement/v1": the same tree and facts, the same bytes.
std::string agreement_json(const Facts& facts, const std::vector<RuleOutcome>& outcomes);

/// Throws Fault::verification that names every failed rule, what was found where, and how to mend
/// it. No effect when none failed.
void require_agreement(const Facts& facts, const std::vector<RuleOutcome>& outcomes);

}  // namespace ingot::agreement
