// SPDX-License-Identifier: Apache-2.0
// What the commands of each step have used, added up while steps run beside each other.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "os/usage.hpp"

namespace ingot::step {

class Expenses {
public:
  void add(const std::string& step, const os::Usage& usage);
  /// Nothing for a step that ran no command.
  std::optional<os::Usage> of(const std::string& step) const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, os::Usage> steps_;
};

}  // namespace ingot::step
