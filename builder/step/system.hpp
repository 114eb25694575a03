// SPDX-License-Identifier: Apache-2.0
// A layer's own part of the image: files, built programs, units, configuration.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "spec/project.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

struct SystemRequest {
  std::string step;
  const spec::ResolvedLayer& layer;
  std::map<std::string, std::string> environment;  ///< of its script
  std::optional<std::filesystem::path> program;    ///< tree that scripts/build made
};

void apply_system(const Workplace& workplace, const Tree& tree, const SystemRequest& request);

/// Runs a layer's script inside the image root.
void run_script(const Workplace& workplace, const Tree& tree, const std::string& step,
                const std::filesystem::path& script,
                const std::map<std::string, std::string>& script_environment);

}  // namespace ingot::step
