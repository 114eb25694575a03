// SPDX-License-Identifier: Apache-2.0
// Whether this user can build trees here: ids, namespaces, mounts, overlays.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "os/environment.hpp"
#include "os/storage.hpp"
#include "os/user_namespace.hpp"
#include "run/finding.hpp"

namespace ingot::run {

/// What was seen.
struct NamespaceFacts {
  os::Caller who;
  std::string uid_map;                 ///< of /proc/self
  std::vector<os::IdSource> sources;   ///< ordinary users only
  std::optional<os::Lack> kernel;      ///< what forbids a user namespace
  std::optional<std::string> mounts;   ///< why mounting failed; empty text: not tried
  std::optional<std::string> overlay;  ///< the same for an overlay below `storage`
  std::optional<os::Storage> storage;  ///< of the cache; nothing when it has no place
};

/// Tries all of it in child processes; before threads exist.
NamespaceFacts look_at_namespaces(const os::Environment& environment,
                                  const std::optional<std::filesystem::path>& cache);

/// Rows user-namespace, subordinate-ids, id-map-programs, mounts, overlay.
std::vector<Finding> namespace_findings(const NamespaceFacts& facts);

}  // namespace ingot::run
