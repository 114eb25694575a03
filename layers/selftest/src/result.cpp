// SPDX-License-Identifier: Apache-2.0
#include "result.hpp"

#include <nlohmann/json.hpp>

namespace ingot::selftest {

using OrderedJson = nlohmann::ordered_json;

std::string_view name_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::pass:
      return "pass";
    case Outcome::fail:
      return "fail";
    case Outcome::skip:
      return "skip";
  }
  return "fail";
}

std::string_view name_of(Severity severity) noexcept {
  switch (severity) {
    case Severity::fatal:
      return "F";
    case Severity::error:
      return "E";
    case Severity::warning:
      return "W";
    case Severity::information:
      return "I";
  }
  return "F";
}

Result pass(std::string reason, Values values) {
  return {.outcome = Outcome::pass, .reason = std::move(reason), .values = std::move(values)};
}

Result fail(std::string reason, Values values) {
  return {.outcome = Outcome::fail, .reason = std::move(reason), .values = std::move(values)};
}

Result skip(std::string reason) { return {.outcome = Outcome::skip, .reason = std::move(reason)}; }

void Findings::add(std::string fault) { faults_.push_back(std::move(fault)); }

void Findings::value(std::string name, std::string text) {
  values_.emplace_back(std::move(name), std::move(text));
}

Result Findings::result(std::string good) && {
  if (faults_.empty()) return pass(std::move(good), std::move(values_));
  constexpr std::size_t shown = 20;
  std::string text;
  for (std::size_t i = 0; i < faults_.size() && i < shown; ++i) {
    if (i > 0) text += "; ";
    text += faults_[i];
  }
  if (faults_.size() > shown) text += "; and " + std::to_string(faults_.size() - shown) + " more";
  return fail(std::move(text), std::move(values_));
}

std::string to_wire(const Result& result) {
  OrderedJson json = {{"outcome", name_of(result.outcome)}, {"reason", result.reason}};
  if (result.severity) json["severity"] = name_of(*result.severity);
  if (!result.values.empty()) {
    OrderedJson values = OrderedJson::object();
    for (const auto& [name, text] : result.values) values[name] = text;
    json["values"] = std::move(values);
  }
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

namespace {

std::optional<Outcome> outcome_of(const OrderedJson& json) {
  for (const Outcome outcome : {Outcome::pass, Outcome::fail, Outcome::skip}) {
    if (json == name_of(outcome)) return outcome;
  }
  return std::nullopt;
}

std::optional<Severity> severity_of(const OrderedJson& json) {
  for (const Severity severity :
       {Severity::fatal, Severity::error, Severity::warning, Severity::information}) {
    if (json == name_of(severity)) return severity;
  }
  return std::nullopt;
}

}  // namespace

Result from_wire(std::string_view text) {
  if (text.empty()) return fail("the check ended without an answer");
  const OrderedJson json = OrderedJson::parse(text, nullptr, false);
  const std::string unreadable = "the check's answer cannot be read";
  if (!json.is_object() || !json.contains("outcome") || !json.contains("reason") ||
      !json["reason"].is_string()) {
    return fail(unreadable);
  }
  const auto outcome = outcome_of(json["outcome"]);
  if (!outcome) return fail(unreadable);
  Result result{.outcome = *outcome, .reason = json["reason"].get<std::string>()};
  if (json.contains("severity")) {
    result.severity = severity_of(json["severity"]);
    if (!result.severity) return fail(unreadable);
  }
  if (json.contains("values")) {
    if (!json["values"].is_object()) return fail(unreadable);
    for (const auto& [name, value] : json["values"].items()) {
      if (!value.is_string()) return fail(unreadable);
      result.values.emplace_back(name, value.get<std::string>());
    }
  }
  return result;
}

}  // namespace ingot::selftest
