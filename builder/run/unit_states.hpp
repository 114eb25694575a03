// SPDX-License-Identifier: Apache-2.0
// systemd's system units as the list of a tree's files tells them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "archive/file_list.hpp"

namespace ingot::run {

struct UnitState {
  std::string state;                 ///< "enabled", "not enabled", "masked", "alias of NAME"
  std::set<std::string> wanted_by;   ///< units that have it in .wants or .requires
  std::set<std::string> definition;  ///< path and digest of its file and the drop-ins to it
  bool operator==(const UnitState&) const = default;
};

/// By name; an instance that something wants is one of its own. `files` is in order.
std::map<std::string, UnitState> unit_states(const std::vector<archive::ListedFile>& files);

}  // namespace ingot::run
