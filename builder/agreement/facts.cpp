// SPDX-License-Identifier: Apache-2.0
#include "agreement/facts.hpp"

#include <algorithm>

namespace ingot::agreement {

std::string Facts::version_of(std::string_view package) const {
  const auto found = std::find_if(packages.begin(), packages.end(),
                                  [&](const PackageFacts& p) { return p.name == package; });
  return found == packages.end() ? std::string() : found->version;
}

}  // namespace ingot::agreement
