// SPDX-License-Identifier: Apache-2.0
// Reading two releases as far as a comparison of them needs it.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "run/release_difference.hpp"

namespace ingot::run {

struct DifferenceRequest {
  std::filesystem::path a;  ///< what open_release_tree() takes
  std::filesystem::path b;
  std::set<Section> sections = {all_sections.begin(), all_sections.end()};
  /// Paths of the tree ("/var/log/*", fnmatch(3), a star takes slashes too) that do not count, nor
  /// what lies below them. What differs whenever any file does, counts then neither.
  std::vector<std::string> ignored = {};
};

/// Reads both at once and neither more of them than the sections ask for. Faults as of
/// open_release_tree() and read_contents(); differences are the result, not an Error.
ReleaseDifference compare_releases(const DifferenceRequest& request);

}  // namespace ingot::run
