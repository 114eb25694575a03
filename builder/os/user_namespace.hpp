// SPDX-License-Identifier: Apache-2.0
// Being root in a user namespace: how an ordinary user builds trees with many owners.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "os/environment.hpp"
#include "os/identity.hpp"
#include "os/lack.hpp"

namespace ingot::os {

/// Ids of a Debian system end at 65534 (nobody); 0 is the user.
constexpr std::uint32_t needed_ids = 65535;

/// Ids that a user may hand out inside user namespaces.
struct IdRange {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool operator==(const IdRange&) const = default;
};

/// The largest range that `text`, the content of a subuid(5) or subgid(5) file, gives the user, who
/// is named there by name or number. Lines that are none are passed over.
std::optional<IdRange> subordinate_range(std::string_view text, std::string_view name, uid_t user);

/// The first id from 100000 on behind all ranges of such a file.
std::uint32_t first_free_id(std::string_view text);

/// Where ids of one kind come from, as found here.
struct IdSource {
  std::string file;     ///< "/etc/subuid"
  std::string program;  ///< "newuidmap"
  std::uint32_t own = 0;
  std::optional<IdRange> range;
  std::uint32_t first_free = 0;
  std::optional<std::filesystem::path> found;  ///< the program
  bool privileged = false;                     ///< it may write maps: set-user-ID or a capability
};

/// Of user ids, then of group ids.
std::vector<IdSource> id_sources(const Environment& environment, const Caller& who);

/// Nothing when the range is large enough.
std::optional<Lack> range_lack(const std::vector<IdSource>& sources, const Caller& who);
/// Nothing when both programs can do their work.
std::optional<Lack> program_lack(const std::vector<IdSource>& sources);

/// What decides whether a user namespace can be made.
struct NamespaceSettings {
  std::string unprivileged_clone;  ///< kernel.unprivileged_userns_clone; empty: no such setting
  std::string maximum;             ///< user.max_user_namespaces
  std::string apparmor;            ///< kernel.apparmor_restrict_unprivileged_userns
  bool chroot = false;             ///< our root is no mount
  bool seccomp = false;            ///< a filter of system calls holds for us
};
NamespaceSettings namespace_settings();

/// Why `who` failed at `doing` with the error number, and what allows it.
Lack namespace_lack(const Caller& who, std::string_view doing, int error,
                    const NamespaceSettings& settings);

/// What root lacks whose user namespace, by the text of /proc/self/uid_map, has too few ids.
std::optional<Lack> mapping_lack(std::string_view uid_map);

/// What keeps `who`, an ordinary user, from making a user namespace and mounting in it; tried in a
/// child process, before threads exist.
std::optional<Lack> try_user_namespace(const Caller& who);

/// Root stays where it is. Anybody else becomes root of a new user namespace with the ids 0 to
/// 65535: 0 is the caller, the others come from /etc/subuid and /etc/subgid through newuidmap and
/// newgidmap. Called once, before threads exist. Fault::environment says what is missing and how
/// to mend it.
void enter_user_namespace(const Environment& environment);

}  // namespace ingot::os
