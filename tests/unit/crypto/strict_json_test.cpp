// SPDX-License-Identifier: Apache-2.0
#include "crypto/strict_json.hpp"

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

std::string refusal_of(std::string_view text, const crypto::JsonLimits& limits = {}) {
  try {
    (void)crypto::parse_strict_json(text, "the text", limits);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
    return error.message();
  }
  return "accepted";
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("plain JSON is read", "[crypto]") {
  const auto value = crypto::parse_strict_json(R"( {"a":[1,-2,2.5,true,null,"\u00e9"]} )", "it");
  CHECK(value.at("a").size() == 6);
}

TEST_CASE("a key that occurs twice is refused, at any level", "[crypto]") {
  CHECK(holds(refusal_of(R"({"a":1,"a":1})"), "twice"));
  CHECK(holds(refusal_of(R"({"b":[{"a":1,"\u0061":2}]})"), "twice"));
  CHECK(refusal_of(R"([{"a":1},{"a":1},{"b":{"a":1}}])") == "accepted");
}

TEST_CASE("limits hold before a value is built", "[crypto]") {
  CHECK(holds(refusal_of(std::string(100'000, '[')), "levels"));
  CHECK(holds(refusal_of(std::string(5U << 20, ' ')), "bytes"));
  CHECK(holds(refusal_of("[1,2,3]", {.bytes = 100, .depth = 2, .values = 3}), "values"));
}

TEST_CASE("texts that readers may understand differently are refused", "[crypto]") {
  using namespace std::string_literals;
  CHECK(holds(refusal_of("\xef\xbb\xbf{}"), "byte-order"));
  CHECK(holds(refusal_of("{}\0{}"s), "NUL"));
  CHECK(holds(refusal_of("{}\0"s), "NUL"));
  CHECK(holds(refusal_of(R"(["a\u0000b"])"), "NUL"));
  CHECK(holds(refusal_of(R"({"a\u0000b":1})"), "NUL"));
  for (const std::string_view text :
       {"", "{", "{} {}", "{}x", "[1,]", "[1e400]", "[\"\\ud800\"]", "[\"\xff\"]", "[\"\xc0\x80\"]",
        "{\"a\":1,}", "/**/{}", "[NaN]", "['a']", "[01]", "[\"\n\"]"}) {
    INFO(text);
    CHECK(refusal_of(text) != "accepted");
  }
  CHECK(holds(refusal_of("[18446744073709551616]"), "out of range"));
  CHECK(holds(refusal_of("[-9223372036854775809]"), "out of range"));
}
