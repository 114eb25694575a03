// SPDX-License-Identifier: Apache-2.0
// Which layer of an image each resolved package belongs to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "package/resolved.hpp"

namespace ingot::package {

struct LayerPackages {
  std::string layer;
  std::vector<std::string> asked;  ///< names
};

/// Package name to layer name. Layers take in their order: each takes what it asks for and all
/// that is reachable from it through Pre-Depends and Depends (by name or Provides) and not taken
/// yet. Essential packages, with what they need, and whatever nobody reaches belong to the first
/// layer. Needs at least one layer; does not depend on the order of `packages`.
std::map<std::string, std::string> attribute(const std::vector<LayerPackages>& layers,
                                             const std::vector<ResolvedPackage>& packages);

}  // namespace ingot::package
