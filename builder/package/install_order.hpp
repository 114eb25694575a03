// SPDX-License-Identifier: Apache-2.0
// In which order dpkg may unpack packages so that every Pre-Depends is configured in time.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "package/relation.hpp"

namespace ingot::package {

/// The control facts of a package that decide its place.
struct Installable {
  std::string name;
  std::string version;
  bool essential = false;
  std::vector<Alternatives> pre_depends;
  std::vector<Alternatives> depends;
  std::vector<Alternatives> provides;
};

/// First configure, then unpack. Names are sorted.
struct Wave {
  std::vector<std::string> configure_before;
  std::vector<std::string> unpack;
  bool force = false;  ///< Pre-Depends do not hold (a bootstrap or a cycle): dpkg --force-depends
};

/// Waves for `packages` in a root where `configured` packages (with the same facts) already are
/// configured. In an empty root the first wave is forced and holds the essential packages with
/// everything they need, as no maintainer script can run before; what must then be configured
/// comes with later waves. After the last wave everything is unpacked and `dpkg --configure -a` is
/// due. Relations that nobody in either list meets count as met: judging that is the solver's work.
/// Pure; the same input in any order gives the same waves.
std::vector<Wave> plan_waves(const std::vector<Installable>& packages,
                             const std::vector<Installable>& configured);

}  // namespace ingot::package
