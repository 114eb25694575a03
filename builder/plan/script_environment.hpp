// SPDX-License-Identifier: Apache-2.0
// What a layer's scripts are told by environment variables; all of it is in the keys of their
// steps.
#pragma once

#include <map>
#include <string>

#include "spec/project.hpp"

namespace ingot::plan {

/// INGOT_ARCHITECTURE and the layer's INGOT_OPTION_<NAME>; for a layer that needs a kernel also
/// INGOT_KERNEL_RELEASE and INGOT_KERNEL_COMPILER, for one that needs a driver
/// INGOT_DRIVER_VERSION and INGOT_DRIVER_FLAVOUR. So the results of a layer that needs neither
/// serve images of every kernel.
std::map<std::string, std::string> script_environment(const spec::ResolvedImage& image,
                                                      const spec::ResolvedLayer& layer);

}  // namespace ingot::plan
