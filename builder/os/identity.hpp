// SPDX-License-Identifier: Apache-2.0
// Who runs this process, and the names of ids.
#pragma once

#include <string>

#include <sys/types.h>

namespace ingot::os {

struct Caller {
  std::string name;  ///< the number where the user has no name
  uid_t user = 0;
  gid_t group = 0;
  bool is_root() const noexcept { return user == 0; }
};

/// The effective ids of this process.
Caller caller();

/// The group's name, or its number.
std::string group_name(gid_t group);

}  // namespace ingot::os
