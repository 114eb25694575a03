// SPDX-License-Identifier: Apache-2.0
// The in-toto statement of a release as text and back, and which file names it may list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "run/release.hpp"

namespace ingot::run {

struct ReleaseStatement {
  ReleaseFacts facts;
  bool development = false;
  std::vector<ReleaseFile> files;  ///< sorted by name, all with `measured`
};

/// Why a release cannot hold a file of that name, "" when it can: one plain component in characters
/// that every file system, URL and shell takes alike.
std::string fault_of_name(std::string_view name);

std::string text_of(const ReleaseStatement& statement);

/// Fault::verification for anything that text_of() would not write, but fields of the predicate
/// that are not known are passed over (in-toto's rule for later versions).
ReleaseStatement parse_release_statement(std::string_view text);

/// SHA256SUMS over `files`, without itself.
std::string sums_of(const std::vector<ReleaseFile>& files);

}  // namespace ingot::run
