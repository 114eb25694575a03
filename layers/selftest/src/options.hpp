// SPDX-License-Identifier: Apache-2.0
// What the command line asks for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "roots.hpp"

namespace ingot::selftest {

enum class Task { run, list, explain, help };

struct Options {
  Task task = Task::run;
  Roots roots;
  std::optional<std::string> json;  ///< file, or "-"
  bool human = false;
  bool publish = false;
  bool building = false;
  std::vector<std::string> only;
  std::string explain;
  std::optional<std::filesystem::path> profile;
  std::optional<std::filesystem::path> manifest;
  std::string nvml = "libnvidia-ml.so.1";
};

/// Throws Usage.
Options parse_options(const std::vector<std::string>& arguments);

std::string_view usage_text();

}  // namespace ingot::selftest
