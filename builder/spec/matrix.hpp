// SPDX-License-Identifier: Apache-2.0
// Which pairs of kernel and driver were seen to build and to boot, and why not.
#pragma once

#include <string>
#include <string_view>

#include "spec/diagnostic.hpp"
#include "spec/driver.hpp"

namespace ingot::spec {

enum class Tried { no, yes, untested };

std::string_view name_of(Tried tried) noexcept;

struct Pair {
  Located kernel;
  Located driver;
  Flavour flavour = Flavour::open;
  Tried builds = Tried::untested;  ///< yes or no
  Tried boots = Tried::untested;
  std::string tested;  ///< "2026-11-21"
  std::string reason;  ///< never empty when builds or boots is no
  Place place;
};

}  // namespace ingot::spec
