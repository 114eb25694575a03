// SPDX-License-Identifier: Apache-2.0
#include "run/finding.hpp"

#include "support/catch.hpp"

using namespace ingot;
using run::Finding;
using run::FindingState;
using run::Purpose;

TEST_CASE("a host is fit for what nothing needed is missing for", "[run]") {
  const std::vector<Finding> findings = {
      {"a", FindingState::ok, "", {Purpose::build}, ""},
      {"b", FindingState::warning, "", {Purpose::build, Purpose::test}, "x"},
      run::missing("c", {"gone", "bring it"}, {Purpose::test})};
  CHECK(run::fit_for(findings, {Purpose::build}));
  CHECK(run::fit_for(findings, {Purpose::verify, Purpose::lock}));
  CHECK_FALSE(run::fit_for(findings, {Purpose::build, Purpose::test}));
  CHECK(findings.back().found == "gone");
  CHECK(findings.back().fix == "bring it");
}
