// SPDX-License-Identifier: Apache-2.0
#include "run/cache_statement.hpp"

#include <functional>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using nlohmann::json;

namespace {

run::CacheStatement sample() {
  return {.key = crypto::digest_of("key"),
          .step = "packages/base",
          .payload = {crypto::digest_of("payload"), 7},
          .cost = std::chrono::milliseconds(1234)};
}

std::string refusal_after(const std::function<void(json&)>& change) {
  json statement = json::parse(run::text_of(sample()));
  change(statement);
  try {
    (void)run::parse_cache_statement(statement.dump());
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

TEST_CASE("the statement of a shared result survives its text", "[run]") {
  const run::CacheStatement read = run::parse_cache_statement(run::text_of(sample()));
  CHECK(read.key == sample().key);
  CHECK(read.step == "packages/base");
  CHECK(read.payload == sample().payload);
  CHECK(read.cost == std::chrono::milliseconds(1234));
  CHECK(refusal_after([](json& s) { s["predicate"]["later"] = 1; }) == "accepted");
}

TEST_CASE("a statement that is not about one packed result is refused", "[run]") {
  CHECK(holds(refusal_after([](json& s) { s["_type"] = "x"; }), "in-toto"));
  CHECK(holds(refusal_after([](json& s) { s["predicateType"] = "x"; }), "predicate"));
  CHECK(holds(refusal_after([](json& s) { s["subject"].push_back(s["subject"][0]); }), "subject"));
  CHECK(holds(refusal_after([](json& s) { s["subject"] = json::array(); }), "subject"));
  CHECK(holds(refusal_after([](json& s) { s["subject"][0]["name"] = "x"; }), "another key"));
  CHECK(holds(refusal_after([](json& s) { s["subject"][0]["digest"]["sha512"] = "x"; }), "digest"));
  CHECK(holds(refusal_after([](json& s) { s["subject"][0]["digest"]["sha256"] = "x"; }), "digest"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"]["format"] = 2; }), "format 2"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"]["size"] = -1; }), "size"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"]["key"] = 5; }), "key"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"].erase("milliseconds"); }), "lacks"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"]["step"] = ""; }), "step"));
  CHECK(holds(refusal_after([](json& s) { s = "text"; }), "lacks"));
}
