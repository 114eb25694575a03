// SPDX-License-Identifier: Apache-2.0
#include "package_status.hpp"

#include "broken.hpp"
#include "file.hpp"

namespace ingot::selftest {

namespace {

struct Stanza {
  std::string name;
  std::string status;
  InstalledPackage package;
  bool seen = false;
};

void finish(Stanza& stanza, std::map<std::string, InstalledPackage>& packages) {
  if (!stanza.seen) return;
  if (stanza.name.empty()) throw Broken("dpkg's status file has a stanza without Package");
  const auto words = words_of(stanza.status);
  if (words.size() != 3) {
    throw Broken("dpkg's status file gives no status for " + stanza.name);
  }
  stanza.package.want = words[0];
  stanza.package.state = words[2];
  std::string key = stanza.name;
  if (packages.contains(key)) key += ":" + stanza.package.architecture;
  packages.insert_or_assign(std::move(key), std::move(stanza.package));
  stanza = {};
}

void take_field(Stanza& stanza, std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    throw Broken("dpkg's status file has a line that is no field: '" +
                 std::string(line.substr(0, 60)) + "'");
  }
  stanza.seen = true;
  const std::string_view key = line.substr(0, colon);
  const std::string value(trimmed(line.substr(colon + 1)));
  if (key == "Package")
    stanza.name = value;
  else if (key == "Status")
    stanza.status = value;
  else if (key == "Version")
    stanza.package.version = value;
  else if (key == "Architecture")
    stanza.package.architecture = value;
}

}  // namespace

std::map<std::string, InstalledPackage> parse_package_status(std::string_view text) {
  std::map<std::string, InstalledPackage> packages;
  Stanza stanza;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    if (trimmed(line).empty()) {
      finish(stanza, packages);
    } else if (line.front() != ' ' && line.front() != '\t') {
      take_field(stanza, line);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  finish(stanza, packages);
  return packages;
}

std::map<std::string, std::string> parse_assignments(std::string_view text) {
  std::map<std::string, std::string> values;
  for (const std::string& line : lines_of(text)) {
    const std::string_view record = trimmed(line);
    if (record.empty() || record.front() == '#') continue;
    const auto equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    std::string_view value = record.substr(equals + 1);
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
        value.back() == value.front()) {
      value = value.substr(1, value.size() - 2);
    }
    values.insert_or_assign(std::string(record.substr(0, equals)), std::string(value));
  }
  return values;
}

std::string upstream_version(std::string_view package_version) {
  const auto colon = package_version.find(':');
  if (colon != std::string_view::npos) package_version.remove_prefix(colon + 1);
  const auto dash = package_version.rfind('-');
  return std::string(package_version.substr(0, dash));
}

}  // namespace ingot::selftest
