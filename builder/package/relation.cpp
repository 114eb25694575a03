// SPDX-License-Identifier: Apache-2.0
#include "package/relation.hpp"

#include <array>
#include <utility>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "package/version.hpp"

namespace ingot::package {
namespace {

constexpr std::array<std::pair<std::string_view, VersionOperator>, 7> operators{{
    {"<<", VersionOperator::earlier},
    {"<=", VersionOperator::at_most},
    {">=", VersionOperator::at_least},
    {">>", VersionOperator::later},
    {"=", VersionOperator::exactly},
    // Obsolete spellings that old packages still carry; they mean the inclusive forms.
    {"<", VersionOperator::at_most},
    {">", VersionOperator::at_least},
}};

[[noreturn]] void refuse(std::string_view part) {
  throw Error(Fault::input, format("'{}' is no relation between packages", part));
}

bool is_name(std::string_view name) {
  if (name.size() < 2) return false;
  for (const char c : name) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                         (c >= 'A' && c <= 'Z') || c == '+' || c == '-' || c == '.' || c == '_';
    if (!allowed) return false;
  }
  const char first = name.front();
  return first != '+' && first != '-' && first != '.';
}

VersionBound bound_of(std::string_view text, std::string_view part) {
  text = trimmed(text);
  for (const auto& [spelling, op] : operators) {
    if (!text.starts_with(spelling)) continue;
    const std::string_view version = trimmed(text.substr(spelling.size()));
    if (version.empty() || version.find_first_of(" \t()<>=") != std::string_view::npos)
      refuse(part);
    return {op, std::string(version)};
  }
  refuse(part);
}

Relation relation_of(std::string_view part) {
  const std::string_view whole = trimmed(part);
  std::string_view rest = whole;
  Relation relation;
  if (const auto open = rest.find('('); open != std::string_view::npos) {
    if (!rest.ends_with(')')) refuse(whole);
    relation.bound = bound_of(rest.substr(open + 1, rest.size() - open - 2), whole);
    rest = trimmed(rest.substr(0, open));
  }
  if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
    relation.architecture = rest.substr(colon + 1);
    if (!is_name(relation.architecture)) refuse(whole);
    rest = rest.substr(0, colon);
  }
  if (!is_name(rest)) refuse(whole);
  relation.name = rest;
  return relation;
}

}  // namespace

std::vector<Alternatives> parse_relations(std::string_view field) {
  std::vector<Alternatives> relations;
  for (const std::string& group : split(field, ',')) {
    if (trimmed(group).empty()) continue;  // a trailing comma is legal
    Alternatives alternatives;
    for (const std::string& part : split(group, '|')) alternatives.push_back(relation_of(part));
    relations.push_back(std::move(alternatives));
  }
  return relations;
}

bool admits(const std::optional<VersionBound>& bound, std::string_view version) {
  if (!bound) return true;
  const auto order = compare_versions(version, bound->version);
  switch (bound->op) {
    case VersionOperator::earlier:
      return order < 0;
    case VersionOperator::at_most:
      return order <= 0;
    case VersionOperator::exactly:
      return order == 0;
    case VersionOperator::at_least:
      return order >= 0;
    case VersionOperator::later:
      return order > 0;
  }
  return false;
}

bool meets(const Relation& relation, std::string_view name, std::string_view version,
           const std::vector<Alternatives>& provides) {
  if (relation.name == name && admits(relation.bound, version)) return true;
  for (const Alternatives& group : provides) {
    for (const Relation& provided : group) {
      if (provided.name != relation.name) continue;
      if (!relation.bound) return true;
      if (provided.bound && admits(relation.bound, provided.bound->version)) return true;
    }
  }
  return false;
}

}  // namespace ingot::package
