// SPDX-License-Identifier: Apache-2.0
// What a comparison has to read of a tree besides the list of its files, in one pass.
#pragma once

#include <map>
#include <set>
#include <string>

#include "run/kernel_modules.hpp"
#include "run/release_tree.hpp"

namespace ingot::run {

struct TreeTexts {
  std::map<std::string, std::string> texts;    ///< by path
  std::map<std::string, ModuleFacts> modules;  ///< by path
};

/// Reads `texts` whole, and of `modules` what they say of themselves. Fault::verification for texts
/// that are too large together.
TreeTexts read_tree_texts(const ReleaseTree& tree, const std::set<std::string>& texts,
                          const std::set<std::string>& modules);

}  // namespace ingot::run
