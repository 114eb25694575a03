// SPDX-License-Identifier: Apache-2.0
// Which pairs of kernel and driver are expected to build and to boot, and what was found.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/diagnostic.hpp"
#include "spec/driver.hpp"

namespace ingot::spec {

enum class Tried { no, yes, untested };

std::string_view name_of(Tried tried) noexcept;

/// What a run of the matrix saw.
struct FoundPair {
  Tried builds = Tried::untested;
  Tried boots = Tried::untested;
  std::string kernel;    ///< package and version
  std::string driver;    ///< source package and version
  std::string compiler;  ///< package and version
  std::string error;     ///< first error; empty without one
  bool operator==(const FoundPair&) const = default;
};

struct Pair {
  Located kernel;
  Located driver;
  Flavour flavour = Flavour::open;
  bool patches = true;  ///< false: without those that the driver's definition has for the kernel
  Located image;        ///< that it is tried with; empty: none
  Tried builds = Tried::untested;  ///< expected: yes or no
  Tried boots = Tried::untested;   ///< expected; untested: it is not booted
  std::string reason;              ///< never empty when builds or boots is no
  std::string fails_with;          ///< what the error of a pair that fails must hold; may be empty
  std::string tested;              ///< "2026-11-21"; empty: not yet
  std::optional<FoundPair> found;
  Place place;
};

/// "debian-13-6.12/550.163.01/open", with "/unpatched" behind it for a pair without patches.
std::string name_of(const Pair& pair);

/// The text of kernels/matrix.yaml with these rows; what stands before "pairs:" in `before` stays.
/// Parsing it gives the same rows, and the same rows give the same bytes.
std::string matrix_text(std::string_view before, const std::vector<Pair>& pairs);

}  // namespace ingot::spec
