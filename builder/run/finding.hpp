// SPDX-License-Identifier: Apache-2.0
// One thing that the host has or lacks, what for, and what mends it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "os/lack.hpp"

namespace ingot::run {

enum class FindingState {
  ok,
  warning,  ///< slower, or not for everything
  missing,  ///< what needs it fails
};

enum class Purpose { lock, build, test, verify };

std::string_view name_of(FindingState state) noexcept;
/// "lock", "build", "test", "verify --deep".
std::string_view name_of(Purpose purpose) noexcept;

struct Finding {
  std::string id;  ///< "kvm", "disk.cache"; stable
  FindingState state = FindingState::ok;
  std::string found;
  std::vector<Purpose> needed_for;
  std::string fix;  ///< empty when all is well
};

/// A finding that is missing in the words of `lack`.
Finding missing(std::string id, const os::Lack& lack, std::vector<Purpose> needed_for);

/// Whether nothing that one of the purposes needs is missing.
bool fit_for(const std::vector<Finding>& findings, const std::vector<Purpose>& purposes);

}  // namespace ingot::run
