// SPDX-License-Identifier: Apache-2.0
// Installing a layer's packages with the image's own dpkg.
#pragma once

#include <string>
#include <vector>

#include "spec/lock.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

struct InstallRequest {
  std::string step;
  std::vector<spec::LockedPackage> packages;    ///< of this layer
  std::vector<spec::LockedPackage> installed = {};  ///< of the layers below
};

/// Unpacks and configures the packages in the tree. In an empty tree the essential packages are
/// unpacked first, so that dpkg can run. Maintainer scripts run without network, start no service
/// and make no initramfs.
void install_packages(const Workplace& workplace, const Tree& tree, const InstallRequest& request);

}  // namespace ingot::step
