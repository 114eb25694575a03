// SPDX-License-Identifier: Apache-2.0
// The value of --accel.
#pragma once

#include <string>

#include "boot/accelerator.hpp"

namespace ingot::cli {

/// Fault::input names what is allowed.
boot::AcceleratorChoice accelerator_named(const std::string& name);

}  // namespace ingot::cli
