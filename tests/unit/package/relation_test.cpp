// SPDX-License-Identifier: Apache-2.0
#include "package/relation.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot::package;
using ingot::Error;

TEST_CASE("relations are parsed with bounds, alternatives and architectures", "[package]") {
  const auto all = parse_relations("libc6 (>= 2.36), python3:any, mawk | gawk (<<2) | awk,");
  REQUIRE(all.size() == 3);
  CHECK(all[0][0].name == "libc6");
  CHECK(all[0][0].bound->op == VersionOperator::at_least);
  CHECK(all[0][0].bound->version == "2.36");
  CHECK(all[1][0].name == "python3");
  CHECK(all[1][0].architecture == "any");
  REQUIRE(all[2].size() == 3);
  CHECK(all[2][1].bound->op == VersionOperator::earlier);
  CHECK(all[2][2].name == "awk");
  CHECK(parse_relations("").empty());
  CHECK(parse_relations("a1\n , b2").size() == 2);
}

TEST_CASE("what is no relation is refused", "[package]") {
  for (const char* bad : {"a", "foo (>= )", "foo (1.0)", "foo (>= 1", "foo bar", "foo | | bar",
                          "foo:", "-foo", "foo (~ 1)", "foo (>= 1) (<< 2)", "foo$"})
    CHECK_THROWS_AS(parse_relations(bad), Error);
}

TEST_CASE("bounds admit versions", "[package]") {
  const auto bound = [](const char* text) { return parse_relations(text)[0][0].bound; };
  CHECK(admits({}, "1"));
  CHECK(admits(bound("xx (>= 1.0)"), "1.0-0"));
  CHECK_FALSE(admits(bound("xx (>> 1.0)"), "1.0"));
  CHECK(admits(bound("xx (= 1.0)"), "0:1.0"));
  CHECK(admits(bound("xx (<< 1.0)"), "1.0~rc1"));
  CHECK(admits(bound("xx (<= 1.0)"), "1.0"));
  CHECK(admits(bound("xx (< 1.0)"), "1.0"));
}

TEST_CASE("a relation is met by name or by what is provided", "[package]") {
  const auto relation = [](const char* text) { return parse_relations(text)[0][0]; };
  const auto provides = parse_relations("awk, libfoo (= 2.0)");
  CHECK(meets(relation("mawk"), "mawk", "1.3", {}));
  CHECK_FALSE(meets(relation("mawk (>= 2)"), "mawk", "1.3", {}));
  CHECK(meets(relation("awk"), "mawk", "1.3", provides));
  CHECK_FALSE(meets(relation("awk (>= 1)"), "mawk", "1.3", provides));
  CHECK(meets(relation("libfoo (>= 1.5)"), "mawk", "1.3", provides));
  CHECK_FALSE(meets(relation("libfoo (>= 2.5)"), "mawk", "1.3", provides));
}
