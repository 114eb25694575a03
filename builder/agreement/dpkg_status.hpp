// SPDX-License-Identifier: Apache-2.0
// dpkg's own record of what is installed, and in which state.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ingot::agreement {

struct InstalledPackage {
  std::string version;
  std::string source;  ///< source package, without version
  std::string want;    ///< "install", "hold", "deinstall"
  std::string state;   ///< "installed", "config-files", "half-configured"
};

/// By name. Packages of several architectures under one name keep the first.
using DpkgStatus = std::map<std::string, InstalledPackage, std::less<>>;

/// Fault::verification when it is no such text.
DpkgStatus parse_dpkg_status(std::string_view text);

/// Is it there, with at least its files?
bool is_present(const DpkgStatus& status, std::string_view package);

}  // namespace ingot::agreement
