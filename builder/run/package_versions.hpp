// SPDX-License-Identifier: Apache-2.0
// Which packages a release has, in which version.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ingot::run {

/// Version by name; a further architecture of the same name is "name:architecture".
using PackageVersions = std::map<std::string, std::string>;

/// From packages.txt: name, version and architecture between tabs. Fault::verification for a line
/// that is none of it.
PackageVersions parse_package_list(std::string_view text);

/// From dpkg's status: what is there with at least its files.
PackageVersions packages_of_status(std::string_view text);

}  // namespace ingot::run
