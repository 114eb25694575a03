// SPDX-License-Identifier: Apache-2.0
#include "run/difference.hpp"

#include "support/catch.hpp"

using namespace ingot;
using Texts = std::map<std::string, std::string>;

TEST_CASE("differences are told in both directions") {
  const Texts a = {{"both", "1"}, {"changed", "1"}, {"gone", "1"}};
  const Texts b = {{"both", "1"}, {"changed", "2"}, {"new", "1"}};
  const auto there = run::differences(a, b);
  REQUIRE(there.size() == 3);
  CHECK(there[0] == run::Difference<std::string>{"changed", "1", "2"});
  CHECK(there[0].kind() == "changed");
  CHECK(there[1] == run::Difference<std::string>{"gone", "1", std::nullopt});
  CHECK(there[1].kind() == "removed");
  CHECK(there[2].kind() == "added");
  const auto back = run::differences(b, a);
  REQUIRE(back.size() == 3);
  CHECK(back[0] == run::Difference<std::string>{"changed", "2", "1"});
  CHECK(back[1].kind() == "added");
  CHECK(back[2].kind() == "removed");
}

TEST_CASE("equal and empty things have no difference") {
  CHECK(run::differences(Texts{{"x", "1"}}, Texts{{"x", "1"}}).empty());
  CHECK(run::differences(Texts{}, Texts{}).empty());
}
