// SPDX-License-Identifier: Apache-2.0
// How much disk and memory a build, a test and a reading of disks take.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "spec/lock.hpp"

namespace ingot::run {

struct BuildNeeds {
  Bytes cache;                   ///< packages, trees, and what is in the making
  Bytes output;                  ///< a release and its scratch files
  Bytes temporary;               ///< below TMPDIR
  Bytes memory;                  ///< of a build
  Bytes machine;                 ///< of a machine under test
  std::string origin;            ///< "the lock of debian-13"
  bool packages_stored = false;  ///< no mirror is needed for a build
};

/// For an image that nobody has named.
BuildNeeds usual_needs();

/// For the image of `lock`, of which `absent` bytes of packages are still to be fetched; `release`
/// is the size of a release of it that is there, 0 without one.
BuildNeeds needs_of(const spec::Lock& lock, bool compiles_modules, Bytes absent, Bytes release);

}  // namespace ingot::run
