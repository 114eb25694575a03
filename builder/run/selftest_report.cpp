// SPDX-License-Identifier: Apache-2.0
#include "run/selftest_report.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/strict_json.hpp"

namespace ingot::run {
namespace {

constexpr std::string_view schema = "ingot/selftest/v1";

[[noreturn]] void refuse(std::string_view what) {
  throw Error(Fault::verification, format("the self-test report {}", what));
}

std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) refuse(format("has no text '{}'", key));
  return found->get<std::string>();
}

SelftestCheck check_of(const nlohmann::json& row) {
  if (!row.is_object()) refuse("has a check that is no object");
  SelftestCheck check{.id = text_at(row, "id"),
                      .outcome = text_at(row, "outcome"),
                      .severity = text_at(row, "severity"),
                      .reason = {}};
  if (row.contains("reason")) check.reason = text_at(row, "reason");
  if (check.id.empty()) refuse("has a check without a name");
  if (check.outcome != "pass" && check.outcome != "fail" && check.outcome != "skip") {
    refuse(format("gives check {} the outcome '{}'", check.id, check.outcome));
  }
  return check;
}

}  // namespace

unsigned SelftestReport::count(std::string_view outcome) const {
  return static_cast<unsigned>(
      std::count_if(checks.begin(), checks.end(),
                    [&](const SelftestCheck& check) { return check.outcome == outcome; }));
}

SelftestReport parse_selftest_report(std::string_view json) {
  const nlohmann::json root = crypto::parse_strict_json(json, "the self-test report");
  if (!root.is_object()) refuse("is no object");
  if (text_at(root, "schema") != schema) {
    refuse(format("has the schema '{}', not {}", text_at(root, "schema"), schema));
  }
  SelftestReport report;
  report.image = text_at(root, "image");
  const std::string verdict = text_at(root, "verdict");
  if (verdict != "pass" && verdict != "fail") refuse(format("has the verdict '{}'", verdict));
  report.passed = verdict == "pass";
  const auto rows = root.find("checks");
  if (rows == root.end() || !rows->is_array()) refuse("has no list 'checks'");
  for (const auto& row : *rows) report.checks.push_back(check_of(row));

  if (!report.passed) return report;
  // The judge does not take the node's word for its own verdict.
  for (const SelftestCheck& check : report.checks) {
    if (check.outcome == "fail" && check.severity == "F") {
      refuse(format("says pass, but its check {} failed", check.id));
    }
  }
  if (report.count("pass") == 0) refuse("says pass, but no check passed");
  return report;
}

}  // namespace ingot::run
