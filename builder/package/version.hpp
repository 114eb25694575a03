// SPDX-License-Identifier: Apache-2.0
// The order of Debian package versions (policy 5.6.12).
#pragma once

#include <compare>
#include <string_view>

namespace ingot::package {

/// Whether `text` is a version: [epoch:]upstream[-revision], allowed characters only, the upstream
/// part begins with a digit.
bool is_version(std::string_view text);

/// The order dpkg gives two versions; "1.0" and "1.0-0" are equivalent. Never throws; a text that
/// is no version is compared as far as the rules go.
std::weak_ordering compare_versions(std::string_view left, std::string_view right);

}  // namespace ingot::package
