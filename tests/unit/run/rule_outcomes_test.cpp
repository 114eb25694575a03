// SPDX-License-Identifier: Apache-2.0
#include "run/rule_outcomes.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("outcomes of rules are read by id") {
  const auto rules = run::parse_rule_outcomes(
      R"({"schema":"ingot/agreement/v1","verdict":"fail","rules":[)"
      R"({"id":"kern.single","outcome":"pass"},{"id":"mod.signer","outcome":"fail"}]})");
  CHECK(rules.verdict == "fail");
  CHECK(rules.outcomes ==
        std::map<std::string, std::string>{{"kern.single", "pass"}, {"mod.signer", "fail"}});
}

TEST_CASE("what is no record of agreement is refused") {
  for (const char* text :
       {"", "[]", "{}", R"({"schema":"other/v1","verdict":"pass","rules":[]})",
        R"({"schema":"ingot/agreement/v1","verdict":1,"rules":[]})",
        R"({"schema":"ingot/agreement/v1","verdict":"pass"})",
        R"({"schema":"ingot/agreement/v1","verdict":"pass","rules":["x"]})",
        R"({"schema":"ingot/agreement/v1","verdict":"pass","rules":[{"id":"x"}]})"})
    CHECK_THROWS_AS(run::parse_rule_outcomes(text), Error);
}
