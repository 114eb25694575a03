// SPDX-License-Identifier: Apache-2.0
#include "run/package_versions.hpp"

#include "agreement/dpkg_status.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::run {

PackageVersions parse_package_list(std::string_view text) {
  PackageVersions packages;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto fields = split(line, '\t');
    if (fields.size() != 3 || fields[0].empty() || fields[1].empty()) {
      throw Error(Fault::verification,
                  format("the package list has a line that is not name, version and architecture: "
                         "{}",
                         line.substr(0, 80)));
    }
    if (!packages.emplace(fields[0], fields[1]).second)
      packages.emplace(fields[0] + ":" + fields[2], fields[1]);
  }
  return packages;
}

PackageVersions packages_of_status(std::string_view text) {
  PackageVersions packages;
  const agreement::DpkgStatus status = agreement::parse_dpkg_status(text);
  for (const auto& [name, package] : status)
    if (agreement::is_present(status, name)) packages.emplace(name, package.version);
  return packages;
}

}  // namespace ingot::run
