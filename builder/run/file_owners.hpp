// SPDX-License-Identifier: Apache-2.0
// Which package a file of a tree came with, as dpkg's lists in that tree tell it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "archive/file_list.hpp"

namespace ingot::run {

/// Package by path; a folder that several have counts for the first by name. What no package
/// brought is not in it.
using FileOwners = std::map<std::string, std::string>;

/// The files that file_owners() needs the text of.
std::set<std::string> owner_records(const std::vector<archive::ListedFile>& files);

/// `texts` are those files by path. Paths in them are followed through links of the tree (/lib is
/// usr/lib), and diversions are applied. dpkg's own records of a package count as the package's.
FileOwners file_owners(const std::vector<archive::ListedFile>& files,
                       const std::map<std::string, std::string>& texts);

}  // namespace ingot::run
