// SPDX-License-Identifier: Apache-2.0
// The words for how steps ended, the same in records, lines and tables.
#pragma once

#include "report/report.hpp"

namespace ingot::report {

constexpr const char* word_for(StepOutcome outcome) noexcept {
  switch (outcome) {
    case StepOutcome::done:
      return "done";
    case StepOutcome::cached:
      return "cached";
    case StepOutcome::shared:
      return "shared";
    case StepOutcome::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace ingot::report
