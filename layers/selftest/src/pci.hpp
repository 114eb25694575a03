// SPDX-License-Identifier: Apache-2.0
// The GPUs that the PCI bus shows, driver or not.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "roots.hpp"

namespace ingot::selftest {

/// Addresses (0000:3b:00.0) of devices by NVIDIA of class 0300 (display) or 0302 (3D), sorted.
std::vector<std::string> nvidia_gpus(const Roots& roots);

/// "1 GPU", "8 GPUs".
std::string gpus_text(std::size_t count);

}  // namespace ingot::selftest
