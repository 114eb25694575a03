// SPDX-License-Identifier: Apache-2.0
// The files that keep an apt in isolation, and the lines it answers with.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "package/resolved.hpp"

namespace ingot::package {

/// Whether apt takes the path as it is: its files have no way to write spaces, quotes and the like.
bool is_plain_in_apt(std::string_view path) noexcept;

/// The configuration of an apt whose every folder is below `prefix`, and which therefore reads
/// nothing of the machine it runs on.
std::string apt_configuration(const std::string& prefix, const std::string& architecture);

/// One-line source entry of a repository at `url`.
std::string source_line(const Repository& repository, const std::string& url,
                        const std::filesystem::path& keyring);

/// A mirror as apt wants it: folders become copy: addresses.
std::string apt_url(const std::string& url);

/// Preferences that hold packages at versions, also when that is a downgrade.
std::string pin_preferences(const std::map<std::string, std::string>& pins);

/// A line of `apt-get --print-uris`.
struct PrintedUri {
  std::string uri;
  Sha256 digest;
};
/// Nothing for lines that are no such line; Fault::internal for one without a SHA-256.
std::optional<PrintedUri> parse_printed_uri(std::string_view line);

/// The packages that apt names when it explains unmet dependencies.
std::set<std::string> unmet_names(const std::vector<std::string>& lines);

}  // namespace ingot::package
