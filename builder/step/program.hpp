// SPDX-License-Identifier: Apache-2.0
// Programs that a layer brings as source: its scripts/build runs in the build root.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "spec/project.hpp"
#include "step/build_root.hpp"
#include "step/workplace.hpp"

namespace ingot::step {

/// Runs the layer's scripts/build. It sees its sources below INGOT_SRC (read-only, as
/// layers/<name>/src) and writes files where the image shall have them below INGOT_OUT, which is
/// the stage's folder.
void build_program(const Workplace& workplace, const BuildRoot& build_root, store::Stage& stage,
                   const spec::ResolvedLayer& layer,
                   const std::map<std::string, std::string>& script_environment);

}  // namespace ingot::step
