// SPDX-License-Identifier: Apache-2.0
// The build root: the packages that build the image, unpacked and otherwise left alone.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "spec/lock.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

/// The trees that a step builds with, lowest first, and the folders of them that it must not see.
struct BuildRoot {
  std::vector<std::filesystem::path> lowers;
  std::vector<std::string> hidden;
};

struct BuildRootRequest {
  std::string step;
  std::vector<spec::LockedPackage> packages;
  bool lowest = false;  ///< has what scripts would set up: awk, /etc/passwd
};

/// Unpacks the packages into the stage's folder. No maintainer script runs: nothing in it is ever
/// started as a service.
void make_build_root(const Workplace& workplace, store::Stage& stage,
                     const BuildRootRequest& request);

/// Makes the links of a merged /usr (/bin -> usr/bin, ...) in an empty root, as packages expect.
void merge_usr(const std::filesystem::path& root);

/// Where the store holds a package; Fault::environment says how to fetch it when it does not.
std::filesystem::path blob_of(const store::Store& store, const spec::LockedPackage& package);

/// The same after reading it: Fault::verification when its bytes are no longer those of the lock.
std::filesystem::path sound_blob_of(const store::Store& store, const spec::LockedPackage& package);

}  // namespace ingot::step
