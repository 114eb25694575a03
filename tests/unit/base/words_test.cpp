// SPDX-License-Identifier: Apache-2.0
#include "base/words.hpp"

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("splitting keeps empty pieces, and an empty text has none", "[base]") {
  CHECK(split("", ',').empty());
  CHECK(split("a", ',') == std::vector<std::string>{"a"});
  CHECK(split("a,,b,", ',') == std::vector<std::string>{"a", "", "b", ""});
  CHECK(split(",", ',') == std::vector<std::string>{"", ""});
}

TEST_CASE("white space is trimmed at both ends only", "[base]") {
  CHECK(trimmed(" \t a b \r\n") == "a b");
  CHECK(trimmed(" \n ").empty());
}

TEST_CASE("words are joined by the separator between them", "[base]") {
  CHECK(joined({}, ", ").empty());
  CHECK(joined({"a", "b"}, ", ") == "a, b");
}

TEST_CASE("a mistyped word finds what was meant", "[base]") {
  const std::vector<std::string> keys{"packages", "files", "scripts"};
  CHECK(nearest("pakages", keys) == "packages");
  CHECK(nearest("fiels", keys) == "files");
  CHECK(nearest("scripts", keys) == "scripts");
  CHECK_FALSE(nearest("kernel", keys));
  CHECK_FALSE(nearest(std::string(1000, 'p'), keys));
  CHECK_FALSE(nearest("x", {}));
}
