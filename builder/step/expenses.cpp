// SPDX-License-Identifier: Apache-2.0
#include "step/expenses.hpp"

namespace ingot::step {

void Expenses::add(const std::string& step, const os::Usage& usage) {
  const std::scoped_lock lock(mutex_);
  os::Usage& sum = steps_[step];
  sum = sum + usage;
}

std::optional<os::Usage> Expenses::of(const std::string& step) const {
  const std::scoped_lock lock(mutex_);
  const auto found = steps_.find(step);
  if (found == steps_.end()) return std::nullopt;
  return found->second;
}

}  // namespace ingot::step
