// SPDX-License-Identifier: Apache-2.0
#include "run/ledger.hpp"

#include <algorithm>

#include "report/outcome_words.hpp"

namespace ingot::run {

std::chrono::milliseconds Ledger::since_start() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - start_);
}

std::vector<StepTiming> Ledger::steps() const {
  std::vector<StepTiming> ended;
  const std::scoped_lock lock(mutex_);
  for (const StepTiming& step : steps_)
    if (!step.outcome.empty()) ended.push_back(step);
  return ended;
}

void Ledger::step_started(std::string_view step) noexcept {
  report_.step_started(step);
  try {
    const std::scoped_lock lock(mutex_);
    steps_.push_back(
        {.name = std::string(step), .kind = {}, .outcome = {}, .started = since_start()});
  } catch (...) {
    // Without memory the step is missing in a table; the build itself will notice.
  }
}

void Ledger::step_finished(std::string_view step, StepOutcome outcome,
                           std::chrono::milliseconds took, std::string_view detail) noexcept {
  report_.step_finished(step, outcome, took, detail);
  try {
    const std::scoped_lock lock(mutex_);
    const auto found = std::find_if(steps_.begin(), steps_.end(), [&](const StepTiming& one) {
      return one.name == step && one.outcome.empty();
    });
    if (found == steps_.end()) return;
    found->outcome = report::word_for(outcome);
    found->ended = since_start();
  } catch (...) {
    // As above.
  }
}

}  // namespace ingot::run
