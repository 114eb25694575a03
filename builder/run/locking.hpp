// SPDX-License-Identifier: Apache-2.0
// Making and refreshing the lock of an image, and saying what changes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fetch/fetch.hpp"
#include "os/environment.hpp"
#include "os/process.hpp"
#include "report/report.hpp"
#include "run/mirrors.hpp"
#include "spec/lock.hpp"
#include "spec/project.hpp"
#include "store/store.hpp"

namespace ingot::run {

/// Which locked versions may change where the mirrors still have them.
enum class Update { nothing, named, everything };

struct LockRequest {
  const spec::ResolvedImage& image;
  std::optional<spec::Lock> previous;
  Update update = Update::nothing;
  std::vector<std::string> names;  ///< with Update::named
  fetch::Options fetch;
};

struct MadeLock {
  spec::Lock lock;
  /// Locked packages that had to change although they should not have; sorted.
  std::vector<std::string> forced;
};

/// Resolves image root and build root. A previous lock whose packages all stay is given back as it
/// is, as long as the definitions are the same. Writes no file.
MadeLock make_lock(const LockRequest& request, Mirrors& mirrors, const store::Store& store,
                   const os::Runner& runner, const os::Environment& environment, Report& report);

/// One line of the change table.
struct Change {
  std::string package;
  std::string from;  ///< version; empty for one that is new
  std::string to;    ///< version; empty for one that goes
  std::string layer;
  bool build_root = false;
  auto operator<=>(const Change&) const = default;
};

/// Image root first, by package.
std::vector<Change> changes(const spec::Lock& before, const spec::Lock& after);

/// A table for people, one line per change ("+" new, "-" gone, "~" other version); empty without
/// any.
std::string change_table(const std::vector<Change>& changes);

Sha256 definitions_digest(const spec::ResolvedImage& image);

/// Fault::difference, with the command that refreshes it, when the lock was made from other
/// definitions.
void require_fresh(const spec::Lock& lock, const spec::ResolvedImage& image);

}  // namespace ingot::run
