// SPDX-License-Identifier: Apache-2.0
// What an image was meant to be: the side of the agreement that does not come from its tree.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "spec/driver.hpp"

namespace ingot::agreement {

struct DriverFacts {
  std::string version;  ///< "550.163.01"
  spec::Flavour flavour = spec::Flavour::open;
  std::vector<std::string> modules;  ///< "nvidia", "nvidia-uvm", ...
  std::string persistenced;          ///< version of the daemon that goes with it
  std::string firmware;              ///< folder, as the driver's definition says
};

struct PackageFacts {
  std::string name;
  std::string version;
  bool hold = false;
};

struct Facts {
  std::string image;
  std::string version;
  std::string kernel_release;         ///< empty: no kernel
  std::optional<DriverFacts> driver;  ///< unset: no NVIDIA driver
  std::vector<std::string> kernel_line;
  std::vector<PackageFacts> packages;        ///< all that are locked for the tree
  std::optional<Sha256> module_certificate;  ///< fingerprint
  std::filesystem::path build_root;          ///< has the kernel's headers; empty: there is none

  /// Its locked version; empty when it is not in the image.
  std::string version_of(std::string_view package) const;
};

}  // namespace ingot::agreement
