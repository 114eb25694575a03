// SPDX-License-Identifier: Apache-2.0
// What the package indexes of an apt state offer.
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

/// An index file that apt keeps.
struct IndexFile {
  std::string repository;  ///< Repository::name
  std::string path;        ///< below dists/<suite>/
  std::filesystem::path file;
};

class Catalogue {
public:
  Catalogue() = default;
  /// Reads names, versions and provided names of every index; stanzas for other architectures than
  /// `architecture` and "all" are left out.
  Catalogue(std::vector<IndexFile> files, std::string_view architecture);

  bool has(const std::string& name) const { return versions_.contains(name); }
  bool has(const std::string& name, const std::string& version) const;

  /// The source package that this version was built from; nothing when no index has the version.
  std::optional<std::string> source_of(const std::string& name, const std::string& version) const;

  /// Why an asked package cannot be had, as one line; nothing when it can.
  std::optional<std::string> fault(const Asked& asked) const;

  /// The stanza with this digest in an index of one of `repositories` (names), as facts.
  struct Chosen {
    Sha256 digest;
    std::vector<std::string> repositories;
  };
  /// In the order of `chosen`; Fault::verification when an index lacks what apt chose.
  std::vector<ResolvedPackage> facts_of(const std::vector<Chosen>& chosen) const;

  const std::vector<IndexFile>& files() const noexcept { return files_; }

private:
  std::vector<IndexFile> files_;
  std::map<std::string, std::map<std::string, std::string>> versions_;  ///< name, version: source
  std::map<std::string, std::set<std::string>> providers_;  ///< provided name to packages
};

}  // namespace ingot::package
