// SPDX-License-Identifier: Apache-2.0
#include "spec/node.hpp"

#include "support/catch.hpp"

namespace ingot::spec {
namespace {

Node parsed(const std::string& text) {
  Diagnostics diagnostics;
  auto root = parse_yaml(text, "f.yaml", diagnostics);
  INFO(diagnostics.render());
  REQUIRE(root);
  REQUIRE(diagnostics.empty());
  return std::move(*root);
}

std::string refusal(const std::string& text) {
  Diagnostics diagnostics;
  CHECK_FALSE(parse_yaml(text, "f.yaml", diagnostics));
  REQUIRE(diagnostics.count() == 1);
  return diagnostics.sorted()[0].message;
}

TEST_CASE("every node knows where it was written", "[spec]") {
  const Node root = parsed("one: 1\nk\xC3\xA4se: {two: \"x y\", three: [a, 'b']}\n");
  REQUIRE(root.entries.size() == 2);
  CHECK(root.entries[0].key == "one");
  CHECK(root.entries[0].key_place == Place{"f.yaml", 1, 1, 3});
  CHECK(root.entries[0].value.place == Place{"f.yaml", 1, 6, 1});
  const Node& inner = root.entries[1].value;
  CHECK(root.entries[1].key_place == Place{"f.yaml", 2, 1, 4});
  REQUIRE(inner.entries.size() == 2);
  CHECK(inner.entries[0].value.place == Place{"f.yaml", 2, 13, 5});
  CHECK(inner.entries[1].value.items.at(1).place == Place{"f.yaml", 2, 31, 3});
}

TEST_CASE("quoted and plain scalars are told apart", "[spec]") {
  const Node root = parsed("a: 1.10\nb: \"1.10\"\nc: '1.10'\nd: |\n  text\n");
  CHECK_FALSE(root.entries[0].value.is_quoted);
  CHECK(root.entries[1].value.is_quoted);
  CHECK(root.entries[2].value.is_quoted);
  CHECK(root.entries[3].value.is_quoted);
  CHECK(root.entries[0].value.text == root.entries[1].value.text);
}

TEST_CASE("an empty value stands at its key", "[spec]") {
  const Node root = parsed("a:\n\n\nb: 1\n");
  CHECK(root.entries[0].value.kind == NodeKind::null);
  CHECK(root.entries[0].value.place == Place{"f.yaml", 1, 1, 1});
}

TEST_CASE("what definitions do not need is refused", "[spec]") {
  CHECK(refusal("a: &x 1\n") == "anchors are not allowed");
  CHECK(refusal("a: &x [1]\nb: *x\n") == "anchors are not allowed");
  CHECK(refusal("a: *x\n") == "aliases are not allowed");
  CHECK(refusal("a: !!str 1\n") == "tags are not allowed");
  CHECK(refusal("a: ! 1\n") == "tags are not allowed");
  CHECK(refusal("a: !x {b: 1}\n") == "tags are not allowed");
  CHECK(refusal("<<: {a: 1}\n") == "merge keys are not allowed");
  CHECK(refusal("a: 1\n---\nb: 1\n") == "more than one document in the file");
  CHECK(refusal("? [a]\n: 1\n") == "a key must be a word, not a list");
  CHECK(refusal("- a\n") == "expected keys with values, found a list");
  CHECK(refusal("") == "the file is empty");
  CHECK(refusal("# only a comment\n") == "the file is empty");
}

TEST_CASE("nesting is limited before it costs memory", "[spec]") {
  CHECK(refusal("a: " + std::string(100000, '[')) == "nested deeper than 32 levels");
  CHECK(refusal("a: " + std::string(100000, '{')) == "nested deeper than 32 levels");
  std::string dashes = "a:\n ";
  for (int i = 0; i < 1000; ++i) dashes += "- ";
  CHECK(refusal(dashes) == "nested deeper than 32 levels");
}

TEST_CASE("a file over 1 MiB is refused unread", "[spec]") {
  CHECK(refusal(std::string(largest_definition + 1, '\xff')) == "the file is larger than 1 MiB");
}

TEST_CASE("a duplicate key is a fault, and the first one counts", "[spec]") {
  Diagnostics diagnostics;
  const auto root = parse_yaml("a: 1\nb: {a: 1}\na: [2]\n", "f.yaml", diagnostics);
  REQUIRE(root);
  REQUIRE(diagnostics.count() == 1);
  CHECK(diagnostics.sorted()[0].place == Place{"f.yaml", 3, 1, 1});
  REQUIRE(root->entries.size() == 2);
  CHECK(root->entries[0].value.text == "1");
}

TEST_CASE("plain words that YAML readers take for numbers are known", "[spec]") {
  for (const auto* number : {"1", "-1", "+1", "1.10", ".5", "1e3", "1_000", "12:30", "0x1f", "0o17",
                             ".inf", "-.INF", ".nan", "6.0e-3", "2025"}) {
    INFO(number);
    CHECK(looks_like_number(number));
  }
  for (const auto* text :
       {"", "a", "1.2.3", "1a", "6.12-1", "e3", "1e", "0x", "0xyz", "-", ".", "1e+", "3.0.4"}) {
    INFO(text);
    CHECK_FALSE(looks_like_number(text));
  }
  for (const auto* word : {"true", "False", "YES", "no", "on", "Off", "y"}) {
    CHECK(looks_like_boolean(word));
  }
  CHECK_FALSE(looks_like_boolean("yess"));
  CHECK_FALSE(looks_like_boolean("falsehood"));
}

}  // namespace
}  // namespace ingot::spec
