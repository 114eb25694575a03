// SPDX-License-Identifier: Apache-2.0
// Looks at the node once, before the checks: manifest, profile, kernel, GPUs.
#pragma once

#include "check.hpp"
#include "options.hpp"

namespace ingot::selftest {

/// Never fails for what it finds: a manifest that cannot be read is left to img.manifest, a
/// machine's own profile to pci.count. Throws Usage for a --profile that cannot be read.
Node look_at(const Options& options);

}  // namespace ingot::selftest
