// SPDX-License-Identifier: Apache-2.0
#include "agreement/agreement.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::agreement {
namespace {

using nlohmann::json;

Verdict judged(const Rule& rule, const Subject& subject) {
  Verdict verdict;
  try {
    rule.judge(subject, verdict);
  } catch (const Error& error) {
    // What a rule cannot make sense of is in the tree, and so a fault of the tree.
    if (error.fault() != Fault::input && error.fault() != Fault::verification) throw;
    verdict.fault("", error.message(), "a file that can be read");
  }
  return verdict;
}

// Names in a tree are bytes, JSON is UTF-8: what is neither is replaced, not refused.
std::string dumped(const json& value) {
  return value.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

// Printed to terminals: no byte of a hostile name may steer one.
std::string plain(std::string_view text) {
  constexpr std::size_t longest = 300;
  std::string out;
  for (const char letter : text.substr(0, longest)) {
    const auto code = static_cast<unsigned char>(letter);
    out += code < 0x20 || code == 0x7f ? '?' : letter;
  }
  if (text.size() > longest) out += "...";
  return out;
}

std::string sentence(const Finding& finding) {
  std::string text = finding.file.empty() ? "" : plain(finding.file) + ": ";
  text += plain(finding.found);
  if (!finding.expected.empty()) text += "; expected " + plain(finding.expected);
  return text;
}

}  // namespace

std::vector<const Rule*> all_rules() {
  std::vector<const Rule*> rules;
  for (const auto& group : {kernel_rules(), module_rules(), driver_rules(), containerd_rules(),
                            unit_rules(), package_rules(), residue_rules()}) {
    for (const Rule& rule : group) rules.push_back(&rule);
  }
  return rules;
}

std::vector<RuleOutcome> judge_tree(const std::filesystem::path& tree, const Facts& facts) {
  const TreeIndex index(tree);
  const Subject subject = subject_of(index, facts);
  std::vector<RuleOutcome> outcomes;
  for (const Rule* rule : all_rules()) outcomes.push_back({rule, judged(*rule, subject)});
  return outcomes;
}

std::string agreement_json(const Facts& facts, const std::vector<RuleOutcome>& outcomes) {
  std::map<Outcome, int> counts{{Outcome::pass, 0}, {Outcome::fail, 0}, {Outcome::skip, 0}};
  json rules = json::array();
  for (const auto& [rule, verdict] : outcomes) {
    ++counts[verdict.outcome()];
    json row = {{"id", rule->id},
                {"claim", rule->claim},
                {"source", rule->source},
                {"hint", rule->hint},
                {"outcome", name_of(verdict.outcome())},
                {"findings", json::array()}};
    if (verdict.outcome() == Outcome::skip) row["reason"] = verdict.reason();
    for (const Finding& finding : verdict.findings()) {
      json entry = {{"found", finding.found}};
      if (!finding.file.empty()) entry["file"] = finding.file;
      if (!finding.expected.empty()) entry["expected"] = finding.expected;
      row["findings"].push_back(std::move(entry));
    }
    rules.push_back(std::move(row));
  }
  return dumped({{"schema", "ingot/agreement/v1"},
                 {"image", facts.image},
                 {"version", facts.version},
                 {"verdict", counts[Outcome::fail] == 0 ? "pass" : "fail"},
                 {"passed", counts[Outcome::pass]},
                 {"failed", counts[Outcome::fail]},
                 {"skipped", counts[Outcome::skip]},
                 {"rules", std::move(rules)}});
}

void require_agreement(const Facts& facts, const std::vector<RuleOutcome>& outcomes) {
  constexpr std::size_t most_findings = 5;
  std::string faults;
  std::size_t failed = 0;
  for (const auto& [rule, verdict] : outcomes) {
    if (verdict.outcome() != Outcome::fail) continue;
    ++failed;
    faults += format("\n  {} does not hold: {}", rule->id, rule->claim);
    const auto& findings = verdict.findings();
    for (std::size_t i = 0; i < std::min(findings.size(), most_findings); ++i)
      faults += "\n    " + sentence(findings[i]);
    if (findings.size() > most_findings)
      faults += format("\n    and {} more", findings.size() - most_findings);
    faults += format("\n    mend: {}", rule->hint);
  }
  if (failed == 0) return;
  throw Error(Fault::verification,
              format("the tree of {} {} fails {} of {} rules of agreement:{}", facts.image,
                     facts.version, failed, outcomes.size(), faults));
}

}  // namespace ingot::agreement
