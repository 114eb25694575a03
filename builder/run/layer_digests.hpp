// SPDX-License-Identifier: Apache-2.0
// Digests of what layer folders hold, for the keys of a plan.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "spec/project.hpp"

namespace ingot::run {

/// Names, kinds, programs' executable bit, link targets and content count; owners, times and other
/// permissions do not, as the image does not take them over.
plan::FolderDigest digest_of_folder(const std::filesystem::path& folder);

std::map<std::string, plan::LayerDigests> layer_digests(const spec::ResolvedImage& image);

/// Of the driver's patches, in order; empty without a driver.
std::vector<Sha256> patch_digests(const spec::ResolvedImage& image);

}  // namespace ingot::run
