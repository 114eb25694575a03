// SPDX-License-Identifier: Apache-2.0
#include "plan/record.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.hpp"

namespace ingot::plan {
namespace {

using Json = nlohmann::json;
using Values = std::vector<const Ingredient*>;

constexpr const char* schema = "ingot/plan-record/v1";

std::map<std::string, Values> by_name(const std::vector<Ingredient>& ingredients) {
  std::map<std::string, Values> names;
  for (const Ingredient& ingredient : ingredients) names[ingredient.name].push_back(&ingredient);
  return names;
}

bool same(const Values& a, const Values& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Ingredient* x, const Ingredient* y) { return x->value == y->value; });
}

bool is_digest(const std::string& text) {
  return text.size() == 2 * Sha256::size &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string shown(const Values& values) {
  std::string text;
  for (const Ingredient* value : values) {
    const std::string& word = value->said.empty() ? value->value : value->said;
    if (is_digest(word)) return {};
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::vector<std::string> changed_parts(const Ingredient& before, const Ingredient& after) {
  std::vector<std::string> lines;
  for (const auto& [path, digest] : after.parts) {
    const auto old = before.parts.find(path);
    if (old == before.parts.end())
      lines.push_back(after.name + ": " + path + " is new");
    else if (old->second != digest)
      lines.push_back(after.name + ": " + path + " changed");
  }
  for (const auto& [path, digest] : before.parts)
    if (!after.parts.contains(path)) lines.push_back(after.name + ": " + path + " is gone");
  return lines;
}

void tell(const std::string& name, const Values& before, const Values& after,
          std::vector<std::string>& lines) {
  if (before.size() == 1 && after.size() == 1) {
    const auto parts = changed_parts(*before.front(), *after.front());
    if (!parts.empty()) {
      lines.insert(lines.end(), parts.begin(), parts.end());
      return;
    }
  }
  const std::string was = shown(before);
  const std::string is = shown(after);
  if (before.empty())
    lines.push_back(name + (is.empty() ? "" : " " + is) + " is new");
  else if (after.empty())
    lines.push_back(name + (was.empty() ? "" : " " + was) + " is gone");
  else if (was != is && !was.empty() && !is.empty())
    lines.push_back(name + " " + was + " -> " + is);
  else
    lines.push_back(name + " changed");
}

Json json_of(const Ingredient& ingredient) {
  Json json = {{"name", ingredient.name}, {"value", ingredient.value}};
  if (!ingredient.said.empty()) json["said"] = ingredient.said;
  if (!ingredient.parts.empty()) json["parts"] = ingredient.parts;
  return json;
}

Ingredient ingredient_of(const Json& json) {
  Ingredient ingredient{json.at("name").get<std::string>(), json.at("value").get<std::string>()};
  if (json.contains("said")) ingredient.said = json.at("said").get<std::string>();
  if (json.contains("parts"))
    ingredient.parts = json.at("parts").get<std::map<std::string, std::string>>();
  return ingredient;
}

}  // namespace

std::string record_json(const Plan& plan, const std::map<std::string, StepCost>& costs) {
  Json steps = Json::object();
  for (const Step& step : plan.steps) {
    Json ingredients = Json::array();
    for (const Ingredient& ingredient : step.ingredients)
      ingredients.push_back(json_of(ingredient));
    Json inputs = Json::object();
    for (const std::string& input : step.inputs) inputs[input] = plan.at(input).key.hex();
    Json& record = steps[step.name];
    record = {{"key", step.key.hex()}, {"ingredients", ingredients}, {"inputs", inputs}};
    const auto cost = costs.find(step.name);
    if (cost == costs.end()) continue;
    if (cost->second.time) record["milliseconds"] = cost->second.time->count();
    if (cost->second.size) record["bytes"] = cost->second.size->count;
  }
  // Names and values may hold any bytes that definitions can; paths are not always UTF-8.
  return Json{{"schema", schema}, {"steps", steps}}.dump(-1, ' ', false,
                                                         Json::error_handler_t::replace);
}

std::optional<Record> parse_record(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("schema") != schema) return std::nullopt;
    Record record;
    for (const auto& [name, step] : json.at("steps").items()) {
      StepRecord& of = record[name];
      of.key = Sha256::from_hex(step.at("key").get<std::string>());
      for (const Json& ingredient : step.at("ingredients"))
        of.ingredients.push_back(ingredient_of(ingredient));
      of.inputs = step.at("inputs").get<std::map<std::string, std::string>>();
      if (step.contains("milliseconds"))
        of.cost.time = std::chrono::milliseconds(step.at("milliseconds").get<std::int64_t>());
      if (step.contains("bytes")) of.cost.size = Bytes{step.at("bytes").get<std::uint64_t>()};
    }
    return record;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::vector<std::string> changes_of(const Step& step, const StepRecord& before) {
  const auto now = by_name(step.ingredients);
  const auto then = by_name(before.ingredients);
  std::set<std::string> names;
  for (const auto& [name, values] : now) names.insert(name);
  for (const auto& [name, values] : then) names.insert(name);
  std::vector<std::string> lines;
  for (const std::string& name : names) {
    const Values was = then.contains(name) ? then.at(name) : Values();
    const Values is = now.contains(name) ? now.at(name) : Values();
    if (!same(was, is)) tell(name, was, is, lines);
  }
  return lines;
}

std::vector<std::string> reasons_for(const Step& step, const Plan& plan, const Record& before) {
  const auto own = before.find(step.name);
  if (own == before.end()) return {"it was no part of the last build"};
  std::vector<std::string> lines = changes_of(step, own->second);
  if (!lines.empty() || own->second.key == step.key) return lines;
  for (const std::string& input : step.inputs) {
    const auto old = before.find(input);
    if (old == before.end())
      lines.push_back("needs " + input + ", which is new");
    else if (!changes_of(plan.at(input), old->second).empty())
      lines.push_back("needs " + input + ", which changes");
  }
  for (const auto& [input, key] : own->second.inputs)
    if (plan.find(input) == nullptr) lines.push_back(input + " is gone");
  if (lines.empty()) lines.push_back("ingot makes it in another way now, or for another date");
  return lines;
}

}  // namespace ingot::plan
