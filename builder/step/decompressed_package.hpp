// SPDX-License-Identifier: Apache-2.0
// Packages without their compression, made once and kept in the store.
#pragma once

#include <filesystem>
#include <vector>

#include "spec/lock.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

/// The key of its entry in the store.
Sha256 decompressed_package_key(const Sha256& package);

/// The files, in the order of `packages`: from the store, else made there, on all cores. One that
/// was altered in the store is said and made again. Fault::verification when a package's bytes are
/// no longer those of the lock.
std::vector<std::filesystem::path> decompressed_packages(
    const Workplace& workplace, const std::vector<spec::LockedPackage>& packages);

}  // namespace ingot::step
