// SPDX-License-Identifier: Apache-2.0
// What the solver is asked and what it answers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "package/relation.hpp"

namespace ingot::package {

/// One suite of one archive.
struct Repository {
  std::string name;
  std::string archive;            ///< what --mirror calls it: "debian"
  std::vector<std::string> urls;  ///< mirrors of its archive, in order
  std::string suite;
  std::vector<std::string> components;
  std::filesystem::path keyring;       ///< file of OpenPGP keys
  std::vector<std::string> signed_by;  ///< fingerprints of keys whose signature counts
};

/// An index that took part in a resolution.
struct UsedIndex {
  std::string path;  ///< below dists/<suite>/: "main/binary-amd64/Packages"
  Sha256 digest;
  Bytes size;
};

/// What was true of a repository when it was read.
struct RepositoryState {
  std::string name;
  Sha256 release;                      ///< of the InRelease file
  std::int64_t date = 0;               ///< its Date field, seconds since 1970
  std::vector<std::string> signed_by;  ///< the allowed fingerprints whose signature holds; sorted
  std::vector<UsedIndex> indexes;      ///< sorted by path
};

/// A package somebody asked for.
struct Asked {
  std::string name;
  std::optional<std::string> version;
  std::string place;  ///< "layers/base/layer.yaml:12", for messages
};

/// A package of the answer, with the facts of its index.
struct ResolvedPackage {
  std::string name;
  std::string version;
  std::string architecture;
  Sha256 digest;
  Bytes size;
  std::string filename;    ///< pool path
  std::string repository;  ///< Repository::name
  bool essential = false;
  std::vector<Alternatives> pre_depends;
  std::vector<Alternatives> depends;
  std::vector<Alternatives> provides;
};

}  // namespace ingot::package
