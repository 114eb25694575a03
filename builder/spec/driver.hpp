// SPDX-License-Identifier: Apache-2.0
// One NVIDIA driver version: its module sources by flavour, and the patches they need.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "spec/diagnostic.hpp"

namespace ingot::spec {

enum class Flavour { open, proprietary };

std::string_view name_of(Flavour flavour) noexcept;

struct DriverSource {
  std::string package;  ///< source package of the modules, from the archive
  std::string version;
  std::string source;  ///< where that package puts the source: absolute path in the target
  std::string license;
};

struct Patch {
  std::filesystem::path path;  ///< absolute
  std::string name;            ///< as written: "patches/0001-pci-resize-resource.patch"
  std::vector<Flavour> flavours;
  std::vector<Located> kernels;  ///< names; empty: all
  std::string reason;
  Place place;
};

struct Driver {
  std::string version;          ///< "550.163.01"
  std::string package_version;  ///< of the user-space packages
  std::string persistenced;     ///< version of the nvidia-persistenced that the archive has for it
  std::string firmware;         ///< absolute folder in the target
  std::vector<std::string> modules;
  std::map<Flavour, DriverSource> flavours;
  std::vector<Patch> patches;
  std::string file;  ///< "kernels/nvidia/550.163.01.yaml"
};

}  // namespace ingot::spec
