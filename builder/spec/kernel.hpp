// SPDX-License-Identifier: Apache-2.0
// One exact kernel: the packages that carry it and the compiler that built it.
#pragma once

#include <string>

#include "spec/diagnostic.hpp"

namespace ingot::spec {

struct PinnedPackage {
  std::string package;
  std::string version;
};

struct Kernel {
  std::string name;     ///< "debian-13-6.12"
  std::string release;  ///< what `uname -r` says
  PinnedPackage image;
  PinnedPackage headers;
  std::string compiler;  ///< package and command: "gcc-14"
  std::string file;      ///< "kernels/debian-13-6.12.yaml"
};

}  // namespace ingot::spec
