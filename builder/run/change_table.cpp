// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>

#include "base/format.hpp"
#include "run/locking.hpp"

namespace ingot::run {
namespace {

using Packages = std::map<std::string, const spec::LockedPackage*>;

Packages by_name(const std::vector<spec::LockedPackage>& list) {
  Packages packages;
  for (const spec::LockedPackage& package : list) packages[package.name] = &package;
  return packages;
}

void compare(const std::vector<spec::LockedPackage>& before,
             const std::vector<spec::LockedPackage>& after, bool build_root,
             std::vector<Change>& changes) {
  const Packages old_ones = by_name(before);
  const Packages new_ones = by_name(after);
  std::vector<Change> found;
  for (const auto& [name, package] : new_ones) {
    const auto old_one = old_ones.find(name);
    const std::string from = old_one == old_ones.end() ? "" : old_one->second->version;
    // The same version with other bytes is a change that people must see.
    const bool other_bytes =
        old_one != old_ones.end() && old_one->second->sha256 != package->sha256;
    if (from != package->version || other_bytes)
      found.push_back({name, from, package->version, package->layer, build_root});
  }
  for (const auto& [name, package] : old_ones)
    if (!new_ones.contains(name))
      found.push_back({name, package->version, "", package->layer, build_root});
  std::sort(found.begin(), found.end());
  changes.insert(changes.end(), found.begin(), found.end());
}

}  // namespace

std::vector<Change> changes(const spec::Lock& before, const spec::Lock& after) {
  std::vector<Change> all;
  compare(before.image_root, after.image_root, false, all);
  compare(before.build_root, after.build_root, true, all);
  return all;
}

std::string change_table(const std::vector<Change>& changes) {
  using Row = std::array<std::string, 4>;
  std::vector<Row> rows;
  for (const Change& change : changes) {
    const char* sign = change.from.empty() ? "+" : change.to.empty() ? "-" : "~";
    const std::string versions = change.from.empty()        ? change.to
                                 : change.to.empty()        ? change.from
                                 : change.from == change.to ? change.to + " (other bytes)"
                                                            : change.from + " -> " + change.to;
    rows.push_back(
        {sign, change.package, versions, (change.build_root ? "build root, " : "") + change.layer});
  }
  Row header = {" ", "package", "version", "layer"};
  std::array<std::size_t, 4> widths{};
  for (std::size_t column = 0; column < header.size(); ++column) {
    widths[column] = header[column].size();
    for (const Row& row : rows) widths[column] = std::max(widths[column], row[column].size());
  }
  if (rows.empty()) return "";
  rows.insert(rows.begin(), header);
  std::string text;
  for (const Row& row : rows)
    text += format("{} {:<{}}  {:<{}}  {}\n", row[0], row[1], widths[1], row[2], widths[2], row[3]);
  return text;
}

}  // namespace ingot::run
