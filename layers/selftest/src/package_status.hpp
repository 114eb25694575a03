// SPDX-License-Identifier: Apache-2.0
// Reads what dpkg has installed (/var/lib/dpkg/status), and other files of "KEY=value" lines.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ingot::selftest {

struct InstalledPackage {
  std::string want;   ///< first word of Status: install, hold, ...
  std::string state;  ///< third word of Status: installed, half-configured, ...
  std::string version;
  std::string architecture;
};

/// Packages by name. A package of two architectures is listed as name:architecture for the second.
/// Throws Broken when the text is no list of stanzas.
std::map<std::string, InstalledPackage> parse_package_status(std::string_view text);

/// Lines KEY=value with optional quotes, as in os-release; comments and blank lines are skipped.
std::map<std::string, std::string> parse_assignments(std::string_view text);

/// 2:550.163.01-2+b1 is upstream version 550.163.01.
std::string upstream_version(std::string_view package_version);

}  // namespace ingot::selftest
