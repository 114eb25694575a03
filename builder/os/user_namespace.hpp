// SPDX-License-Identifier: Apache-2.0
// Being root in a user namespace: how an ordinary user builds trees with many owners.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "os/environment.hpp"

namespace ingot::os {

/// Ids that a user may hand out inside user namespaces.
struct IdRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool operator==(const IdRange&) const = default;
};

/// The largest range that `text`, the content of a subuid(5) or subgid(5) file, gives the user, who
/// is named there by name or number. Lines that are none are passed over.
std::optional<IdRange> subordinate_range(std::string_view text, std::string_view name, uid_t user);

/// What forbids a user namespace here, and the command that allows it, from the kernel's settings;
/// a general line when none of the known ones does.
std::string why_no_user_namespace();

/// Root stays where it is. Anybody else becomes root of a new user namespace with the ids 0 to
/// 65535: 0 is the caller, the others come from /etc/subuid and /etc/subgid through newuidmap and
/// newgidmap. Called once, before threads exist. Fault::environment says what is missing and how
/// to mend it.
void enter_user_namespace(const Environment& environment);

}  // namespace ingot::os
