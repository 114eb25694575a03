// SPDX-License-Identifier: Apache-2.0
// The small system that libguestfs boots to look at disks: made once from programs of this host
// and a kernel that need not be installed.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "os/environment.hpp"
#include "os/lack.hpp"
#include "os/process.hpp"

namespace ingot::guest {

/// A kernel that is only unpacked.
struct ApplianceKernel {
  std::filesystem::path image;    ///< vmlinuz
  std::filesystem::path modules;  ///< the folder lib/modules/<release>
  std::string release;
};

/// "1.48.6": an appliance belongs to the library that it was made for.
std::string library_version();

/// Whether `folder` holds a finished appliance.
bool is_appliance(const std::filesystem::path& folder);

/// What keeps an appliance from being made here, a kernel aside; nothing when all is there.
std::optional<os::Lack> appliance_lack(const os::Environment& environment);

/// A kernel of this host that can be read and has its modules, the last by name; nothing without one.
std::optional<ApplianceKernel> host_kernel(const std::filesystem::path& root = "/");

/// Makes an appliance in `folder`, which must not exist; without a kernel from one of the host's.
/// Fault::environment, with what to do, when something is not installed or there is no kernel.
void make_appliance(const os::Runner& runner, const std::optional<ApplianceKernel>& kernel,
                    const std::filesystem::path& folder);

}  // namespace ingot::guest
