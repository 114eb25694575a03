// SPDX-License-Identifier: Apache-2.0
// Where the host keeps UEFI firmware for virtual machines.
#pragma once

#include <filesystem>
#include <vector>

#include "os/lack.hpp"

namespace ingot::boot {

/// The two flash images of one build of OVMF.
struct Firmware {
  std::filesystem::path code;       ///< read-only
  std::filesystem::path variables;  ///< template: each machine gets a copy
};

/// Pairs that distributions install, best first.
const std::vector<Firmware>& known_firmware();

/// A host without firmware below `root`.
os::Lack no_firmware(const std::filesystem::path& root = "/");

/// The first pair of which both files exist below `root`; Fault::environment, naming the package
/// that brings one, when there is none.
Firmware find_firmware(const std::filesystem::path& root = "/");

}  // namespace ingot::boot
