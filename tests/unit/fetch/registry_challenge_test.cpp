// SPDX-License-Identifier: Apache-2.0
#include "fetch/registry_challenge.hpp"

#include "support/catch.hpp"

using namespace ingot;
using fetch::parse_challenges;

TEST_CASE("a challenge has a scheme and its parameters", "[fetch]") {
  const auto list = parse_challenges(
      "Bearer realm=\"https://auth.example.test/token?a=b,c\",service=\"a \\\"b\\\"\", "
      "Scope=repository:x:pull");
  REQUIRE(list.size() == 1);
  CHECK(list[0].scheme == "bearer");
  CHECK(list[0].parameters.at("realm") == "https://auth.example.test/token?a=b,c");
  CHECK(list[0].parameters.at("service") == "a \"b\"");
  CHECK(list[0].parameters.at("scope") == "repository:x:pull");
}

TEST_CASE("several challenges in one header are told apart", "[fetch]") {
  const auto list = parse_challenges("Negotiate, Basic realm=\"x\", charset=UTF-8, BEARER realm=y");
  REQUIRE(list.size() == 3);
  CHECK(list[0].scheme == "negotiate");
  CHECK(list[1].scheme == "basic");
  CHECK(list[1].parameters.at("charset") == "UTF-8");
  CHECK(list[2].parameters.at("realm") == "y");
}

TEST_CASE("what is no challenge gives none", "[fetch]") {
  CHECK(parse_challenges("").empty());
  CHECK(parse_challenges(" ,, ").empty());
  CHECK(parse_challenges("=x").empty());
  CHECK(parse_challenges("a=b").empty());
  CHECK(parse_challenges("Bearer realm=\"no end").front().parameters.empty());
  CHECK(parse_challenges("Negotiate YWJj==, Basic realm=x").back().parameters.at("realm") == "x");
}
