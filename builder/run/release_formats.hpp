// SPDX-License-Identifier: Apache-2.0
// The files of a release that provisioners take.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "run/release_tree.hpp"

namespace ingot::run {

struct FormatFile {
  std::string name;
  std::uint64_t size = 0;
  std::optional<Sha256> digest;  ///< as the statement of the release says

  /// The same bytes, as far as is known; the name holds the version.
  bool operator==(const FormatFile& other) const {
    return size == other.size && (!digest || !other.digest || digest == other.digest);
  }
};

/// By role: "uki", "root-image", "disk-raw" and so on, without what tells of a release (packages,
/// log, times, checksums).
std::map<std::string, FormatFile> release_formats(const ReleaseTree& release);

}  // namespace ingot::run
