// SPDX-License-Identifier: Apache-2.0
// What the host does not have or allow, in the same words wherever that is met.
#pragma once

#include <string>

#include "base/error.hpp"

namespace ingot::os {

struct Lack {
  std::string what;
  std::string fix;  ///< "as root, run: ..."; empty when nothing can be done
  bool operator==(const Lack&) const = default;
};

/// Fault::environment with both.
inline Error error_of(const Lack& lack) {
  return Error(Fault::environment, lack.fix.empty() ? lack.what : lack.what + "; " + lack.fix);
}

/// What installs a Debian package.
inline std::string install_command(const std::string& package) {
  return "as root, run: apt-get install " + package;
}

}  // namespace ingot::os
