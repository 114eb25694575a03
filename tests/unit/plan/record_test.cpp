// SPDX-License-Identifier: Apache-2.0
#include "plan/record.hpp"

#include "crypto/hasher.hpp"
#include "support/catch.hpp"

using namespace ingot;
using Lines = std::vector<std::string>;

namespace {

plan::Step step(const std::string& name, std::vector<plan::Ingredient> ingredients,
                std::vector<std::string> inputs = {}) {
  plan::Step made{.name = name, .inputs = std::move(inputs), .ingredients = std::move(ingredients)};
  std::string all = name;
  for (const plan::Ingredient& ingredient : made.ingredients) all += ingredient.value;
  made.key = crypto::digest_of(all);
  return made;
}

plan::Record recorded(const std::vector<plan::Step>& steps) {
  return plan::parse_record(plan::record_json({steps})).value();
}

std::string digest(const std::string& text) { return crypto::digest_of(text).hex(); }

}  // namespace

TEST_CASE("a record comes back as it was written", "[plan]") {
  const plan::Step one = step(
      "one", {{"package a", digest("a"), "1.0"}, {"files", digest("f"), "", {{"etc/x", "1"}}}});
  const plan::Record record = recorded({one, step("two", {}, {"one"})});
  CHECK(record.at("one").key == one.key);
  CHECK(record.at("one").ingredients == one.ingredients);
  CHECK(record.at("two").inputs.at("one") == one.key.hex());
}

TEST_CASE("a record keeps what steps took, as far as it is known", "[plan]") {
  const plan::Plan plan{{step("one", {}), step("two", {}), step("three", {})}};
  const plan::Record record =
      plan::parse_record(
          plan::record_json(plan, {{"one", {std::chrono::milliseconds(7), Bytes{8}}}, {"two", {}}}))
          .value();
  CHECK(record.at("one").cost.time == std::chrono::milliseconds(7));
  CHECK(record.at("one").cost.size == Bytes{8});
  CHECK_FALSE(record.at("two").cost.time);
  CHECK_FALSE(record.at("three").cost.size);
}

TEST_CASE("what is no record is none", "[plan]") {
  const std::string text = plan::record_json({{step("one", {{"a", "b"}})}});
  CHECK(plan::parse_record(text));
  for (const std::string& bad :
       {std::string(), std::string("{}"), text.substr(0, text.size() / 2), std::string("[1]"),
        std::string("{\"schema\":\"other\",\"steps\":{}}")})
    CHECK_FALSE(plan::parse_record(bad));
}

TEST_CASE("changes are told by name", "[plan]") {
  const auto changes = [](std::vector<plan::Ingredient> before,
                          std::vector<plan::Ingredient> after) {
    return plan::changes_of(step("s", std::move(after)),
                            recorded({step("s", std::move(before))}).at("s"));
  };
  CHECK(changes({{"kernel", "6.1"}}, {{"kernel", "6.1"}}).empty());
  CHECK(changes({{"kernel", "6.1"}}, {{"kernel", "6.12"}}) == Lines{"kernel 6.1 -> 6.12"});
  CHECK(changes({{"package a", digest("1"), "1.0"}}, {{"package a", digest("2"), "1.1"}}) ==
        Lines{"package a 1.0 -> 1.1"});
  CHECK(changes({{"package a", digest("1"), "1.0"}}, {{"package a", digest("2"), "1.0"}}) ==
        Lines{"package a changed"});
  CHECK(changes({}, {{"package a", digest("1"), "1.0"}}) == Lines{"package a 1.0 is new"});
  CHECK(changes({{"package a", digest("1"), "1.0"}}, {}) == Lines{"package a 1.0 is gone"});
  CHECK(changes({{"patch", digest("1")}}, {{"patch", digest("2")}}) == Lines{"patch changed"});
  CHECK(changes({{"unit", "a"}, {"unit", "b"}}, {{"unit", "a"}}) == Lines{"unit a b -> a"});
}

TEST_CASE("of a folder the files that changed are told", "[plan]") {
  const plan::Step after =
      step("s", {{"files", digest("2"), "", {{"etc/a", "1"}, {"etc/b", "3"}, {"etc/n", "1"}}}});
  const plan::Record before = recorded(
      {step("s", {{"files", digest("1"), "", {{"etc/a", "1"}, {"etc/b", "2"}, {"etc/o", "1"}}}})});
  CHECK(plan::changes_of(after, before.at("s")) ==
        Lines{"files: etc/b changed", "files: etc/n is new", "files: etc/o is gone"});
}

TEST_CASE("a step without changes of its own names those it needs", "[plan]") {
  const plan::Record before = recorded({step("one", {{"a", "1"}}), step("two", {}, {"one"})});
  plan::Step one = step("one", {{"a", "2"}});
  plan::Step two = step("two", {}, {"one"});
  two.key = crypto::digest_of("other, as that of one is");
  const plan::Plan plan{{one, two, step("three", {})}};
  CHECK(plan::reasons_for(plan.steps[0], plan, before) == Lines{"a 1 -> 2"});
  CHECK(plan::reasons_for(plan.steps[1], plan, before) == Lines{"needs one, which changes"});
  CHECK(plan::reasons_for(plan.steps[2], plan, before) ==
        Lines{"it was no part of the last build"});
  CHECK(plan::reasons_for(one, {{step("one", {{"a", "1"}})}}, recorded({one})).empty());
}
