// SPDX-License-Identifier: Apache-2.0
// What a node changes on its disk by running: told apart from what nobody should have changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "run/disk_comparison.hpp"

namespace ingot::run {

enum class Reach {
  times,   ///< the folder's own time: something was made or removed in it
  path,    ///< the file itself, in any way
  prefix,  ///< every path that begins so
  below    ///< the folder and all that is in it
};

struct NodeChange {
  std::string_view path;
  Reach reach;
  std::string_view why;
};

/// Paths of the root that nodes write, in the order of their names. Neither programs nor accounts,
/// units or the package database are among them.
const std::vector<NodeChange>& known_node_changes();

/// Why a running node may have made this difference; nothing when it may not.
std::optional<std::string> node_change(const DiskDifference& difference);

}  // namespace ingot::run
