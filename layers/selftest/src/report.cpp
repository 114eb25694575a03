// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "pci.hpp"

namespace ingot::selftest {

using OrderedJson = nlohmann::ordered_json;

std::size_t Report::count(Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(),
                    [&](const CheckResult& check) { return check.result.outcome == outcome; }));
}

Report make_report(const Node& node, std::vector<CheckResult> checks) {
  Report report{.image = node.image ? node.image->name : "unknown",
                .version = node.image ? node.image->version : "unknown",
                .kernel = node.kernel,
                .driver = node.image && node.image->driver ? node.image->driver->version : "",
                .gpus = node.gpus.size(),
                .checks = std::move(checks)};
  bool fatal = false;
  for (const CheckResult& check : report.checks) {
    if (check.result.outcome != Outcome::fail) continue;
    if (check.severity() == Severity::fatal) fatal = true;
    if (check.severity() == Severity::error) report.degraded = true;
  }
  report.passed = !fatal && report.count(Outcome::pass) > 0;
  return report;
}

namespace {

double rounded(double seconds) { return std::round(seconds * 1000) / 1000; }

OrderedJson json_of(const CheckResult& check) {
  OrderedJson json = {{"id", check.check->id},
                      {"outcome", name_of(check.result.outcome)},
                      {"severity", name_of(check.severity())},
                      {"reason", check.result.reason},
                      {"milliseconds", check.result.milliseconds}};
  if (!check.result.values.empty()) {
    OrderedJson values = OrderedJson::object();
    for (const auto& [name, text] : check.result.values) values[name] = text;
    json["values"] = std::move(values);
  }
  return json;
}

// Reasons quote foreign files; a console must not act on what they hold.
std::string plain(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }, ' ');
  return text;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  if (out.size() < width) out.append(width - out.size(), ' ');
  return out;
}

bool alphanumeric(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

// Label values: at most 63 of [A-Za-z0-9._-], first and last alphanumeric.
std::string label_value(std::string_view text) {
  std::string out;
  for (const char letter : text.substr(0, 63)) {
    out += alphanumeric(letter) || letter == '.' || letter == '-' ? letter : '_';
  }
  while (!out.empty() && !alphanumeric(out.back())) out.pop_back();
  const auto start = std::find_if(out.begin(), out.end(), alphanumeric);
  return {start, out.end()};
}

}  // namespace

std::string to_json(const Report& report) {
  OrderedJson json = {{"schema", "ingot/selftest/v1"},
                      {"verdict", report.passed ? "pass" : "fail"},
                      {"degraded", report.degraded},
                      {"image", report.image},
                      {"version", report.version},
                      {"kernel", report.kernel},
                      {"gpus", report.gpus},
                      {"cpu_seconds", rounded(report.cpu_seconds)},
                      {"seconds", rounded(report.seconds)},
                      {"checks", OrderedJson::array()}};
  for (const CheckResult& check : report.checks) json["checks"].push_back(json_of(check));
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

std::string summary_line(const Report& report) {
  return plain(std::string("ingot selftest: ") + (report.passed ? "PASS " : "FAIL ") +
               std::to_string(report.count(Outcome::pass)) + " passed, " +
               std::to_string(report.count(Outcome::fail)) + " failed, " +
               std::to_string(report.count(Outcome::skip)) + " skipped (" + report.image + " " +
               report.version + ", kernel " + report.kernel + ", " + gpus_text(report.gpus) +
               (report.degraded ? ", degraded" : "") + ")");
}

std::vector<std::string> failure_lines(const Report& report) {
  std::vector<std::string> lines;
  for (const CheckResult& check : report.checks) {
    if (check.result.outcome != Outcome::fail) continue;
    lines.push_back(plain("ingot selftest: " + std::string(check.check->id) + " failed (" +
                          std::string(name_of(check.severity())) + "): " + check.result.reason));
  }
  return lines;
}

std::string table_of(const Report& report) {
  std::string text;
  for (const CheckResult& check : report.checks) {
    text += padded(name_of(check.result.outcome), 5) + padded(name_of(check.severity()), 2) +
            padded(check.check->id, 15) + plain(check.result.reason);
    if (check.result.milliseconds >= 1000) {
      text += " [" + std::to_string(check.result.milliseconds / 1000) + " s]";
    }
    text += "\n";
  }
  return text + summary_line(report) + "\n";
}

std::string labels_of(const Report& report) {
  std::string text;
  const auto add = [&](const char* key, const std::string& value) {
    const std::string fit = label_value(value);
    if (!fit.empty()) text += std::string("ingot.dev/") + key + "=" + fit + "\n";
  };
  add("selftest", report.passed ? "pass" : "fail");
  add("degraded", report.degraded ? "true" : "false");
  add("image", report.image);
  add("image-version", report.version);
  add("kernel", report.kernel);
  add("driver", report.driver);
  add("gpus", std::to_string(report.gpus));
  return text;
}

}  // namespace ingot::selftest
