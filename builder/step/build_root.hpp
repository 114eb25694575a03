// SPDX-License-Identifier: Apache-2.0
// The build root: the packages that build the image, unpacked and otherwise left alone.
#pragma once

#include <vector>

#include "spec/lock.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

/// Unpacks the packages into the stage's folder. No maintainer script runs: nothing in it is ever
/// started as a service, and what scripts would set up (awk, /etc/passwd) is made here.
void make_build_root(const Workplace& workplace, store::Stage& stage,
                     const std::vector<spec::LockedPackage>& packages);

/// Makes the links of a merged /usr (/bin -> usr/bin, ...) in an empty root, as packages expect.
void merge_usr(const std::filesystem::path& root);

/// Where the store holds a package; Fault::environment says how to fetch it when it does not.
std::filesystem::path blob_of(const store::Store& store, const spec::LockedPackage& package);

/// The same after reading it: Fault::verification when its bytes are no longer those of the lock.
std::filesystem::path sound_blob_of(const store::Store& store, const spec::LockedPackage& package);

}  // namespace ingot::step
