// SPDX-License-Identifier: Apache-2.0
#include "run/finding.hpp"

#include <algorithm>

namespace ingot::run {

std::string_view name_of(FindingState state) noexcept {
  switch (state) {
    case FindingState::ok:
      return "ok";
    case FindingState::warning:
      return "warning";
    case FindingState::missing:
      break;
  }
  return "missing";
}

std::string_view name_of(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::lock:
      return "lock";
    case Purpose::build:
      return "build";
    case Purpose::test:
      return "test";
    case Purpose::verify:
      break;
  }
  return "verify --deep";
}

Finding missing(std::string id, const os::Lack& lack, std::vector<Purpose> needed_for) {
  return {std::move(id), FindingState::missing, lack.what, std::move(needed_for), lack.fix};
}

bool fit_for(const std::vector<Finding>& findings, const std::vector<Purpose>& purposes) {
  const auto wanted = [&](Purpose purpose) {
    return std::find(purposes.begin(), purposes.end(), purpose) != purposes.end();
  };
  return std::none_of(findings.begin(), findings.end(), [&](const Finding& finding) {
    return finding.state == FindingState::missing &&
           std::any_of(finding.needed_for.begin(), finding.needed_for.end(), wanted);
  });
}

}  // namespace ingot::run
