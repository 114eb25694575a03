// SPDX-License-Identifier: Apache-2.0
#include "cli/accelerator.hpp"

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::cli {

boot::AcceleratorChoice accelerator_named(const std::string& name) {
  if (const auto choice = boot::accelerator_choice(name)) return *choice;
  throw Error(Fault::input, format("--accel takes auto, kvm or tcg, not '{}'", name));
}

}  // namespace ingot::cli
