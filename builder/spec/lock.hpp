// SPDX-License-Identifier: Apache-2.0
// The lock file: every byte that an image is made of, in a form that people review.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "spec/diagnostic.hpp"
#include "spec/project.hpp"

namespace ingot::spec {

struct LockedIndex {
  std::string path;  ///< below dists/<suite>: "main/binary-amd64/Packages"
  Sha256 sha256;
  Bytes size;
  auto operator<=>(const LockedIndex&) const = default;
};

struct LockedRepository {
  std::string name;
  std::string archive;
  std::string suite;
  std::string date;                    ///< of its Release: "2026-11-20T14:00:00Z"
  Sha256 release;                      ///< of InRelease
  std::vector<std::string> signed_by;  ///< fingerprints, upper case
  std::vector<LockedIndex> indexes;
  auto operator<=>(const LockedRepository&) const = default;
};

struct LockedPackage {
  std::string name;
  std::string version;
  std::string architecture;  ///< the image's, or "all"
  Sha256 sha256;
  Bytes size;
  std::string repository;  ///< name of a LockedRepository
  std::string path;        ///< below the archive: "pool/main/a/apt/apt_3.0.4_amd64.deb"
  std::string layer;       ///< the layer that brought it in
  bool asked = false;      ///< named by that layer itself
  bool essential = false;
  std::vector<std::string> pre_depends;  ///< names of packages of the same root
  auto operator<=>(const LockedPackage&) const = default;
};

struct Lock {
  static constexpr int current_format = 1;

  std::string image;
  Sha256 definitions;      ///< of lock_inputs()
  std::int64_t epoch = 0;  ///< newest date of the repositories: the image's clock
  std::vector<LockedRepository> repositories;  ///< in the image's order
  std::vector<LockedPackage> image_root;       ///< sorted by name
  std::vector<LockedPackage> build_root;       ///< sorted by name
  auto operator<=>(const Lock&) const = default;
};

/// Strict, like definitions; nothing when there was any fault in it. `file` names it in messages.
std::optional<Lock> parse_lock(std::string_view text, const std::string& file,
                               Diagnostics& diagnostics);

/// The text of the lock file: fixed key order, packages sorted, one per line. Parsing it gives an
/// equal lock, and rendering that the same bytes.
std::string render(const Lock& lock);

/// Canonical text of everything in the definitions that decides what is locked: the caller stores
/// its digest as Lock::definitions. Host, comments, options and files that do not decide do not
/// change it.
std::string lock_inputs(const ResolvedImage& image);

}  // namespace ingot::spec
