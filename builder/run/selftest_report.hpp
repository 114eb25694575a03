// SPDX-License-Identifier: Apache-2.0
// The report that a node's self-test writes, as far as the judge of a boot reads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ingot::run {

struct SelftestCheck {
  std::string id;
  std::string outcome;   ///< pass, fail, skip
  std::string severity;  ///< F, E, W, I
  std::string reason;
};

struct SelftestReport {
  bool passed = false;
  std::string image;
  std::vector<SelftestCheck> checks;

  unsigned count(std::string_view outcome) const;
};

/// Parses one "ingot/selftest/v1" object. Foreign input: Fault::verification, saying what is
/// wrong, for anything else, and for a verdict "pass" that a failed check of severity F belies.
SelftestReport parse_selftest_report(std::string_view json);

}  // namespace ingot::run
