// SPDX-License-Identifier: Apache-2.0
#include "run/rule_outcomes.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/strict_json.hpp"

namespace ingot::run {
namespace {

std::string text_at(const nlohmann::json& object, const char* key) {
  const bool there = object.is_object() && object.contains(key) && object.at(key).is_string();
  if (!there) throw Error(Fault::verification, format("agreement.json lacks a text '{}'", key));
  return object.at(key).get<std::string>();
}

}  // namespace

RuleOutcomes parse_rule_outcomes(std::string_view text) {
  const nlohmann::json root = crypto::parse_strict_json(text, "agreement.json");
  if (text_at(root, "schema") != "ingot/agreement/v1") {
    throw Error(Fault::verification, "agreement.json is of a schema that is not known here");
  }
  RuleOutcomes result{text_at(root, "verdict"), {}};
  if (!root.contains("rules") || !root.at("rules").is_array()) {
    throw Error(Fault::verification, "agreement.json lists no rules");
  }
  for (const nlohmann::json& rule : root.at("rules"))
    result.outcomes.emplace(text_at(rule, "id"), text_at(rule, "outcome"));
  return result;
}

}  // namespace ingot::run
