// SPDX-License-Identifier: Apache-2.0
#include "agreement/dpkg_status.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::agreement {
namespace {

struct Stanza {
  std::string name;
  InstalledPackage package;
};

void take_field(Stanza& stanza, std::string_view key, std::string_view value) {
  if (key == "Package") stanza.name = value;
  if (key == "Version") stanza.package.version = value;
  if (key == "Source") stanza.package.source = value.substr(0, value.find(' '));
  if (key != "Status") return;
  const auto words = split(value, ' ');
  if (words.size() != 3) {
    throw Error(Fault::verification, format("dpkg's status of {} is '{}'", stanza.name, value));
  }
  stanza.package.want = words[0];
  stanza.package.state = words[2];
}

}  // namespace

DpkgStatus parse_dpkg_status(std::string_view text) {
  DpkgStatus status;
  Stanza stanza;
  const auto finish = [&] {
    if (stanza.name.empty()) return;
    if (stanza.package.source.empty()) stanza.package.source = stanza.name;
    status.emplace(stanza.name, stanza.package);
    stanza = {};
  };
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) finish();
    const std::size_t colon = line.find(':');
    if (line.empty() || line.front() == ' ' || colon == std::string::npos) continue;
    take_field(stanza, line.substr(0, colon), trimmed(std::string_view(line).substr(colon + 1)));
  }
  finish();
  return status;
}

bool is_present(const DpkgStatus& status, std::string_view package) {
  const auto found = status.find(package);
  return found != status.end() && found->second.state != "not-installed" &&
         found->second.state != "config-files";
}

}  // namespace ingot::agreement
