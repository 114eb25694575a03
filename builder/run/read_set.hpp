// SPDX-License-Identifier: Apache-2.0
// What a step asked of the trees below it, and what other trees would have answered.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "archive/file_list.hpp"
#include "base/digest.hpp"
#include "os/path_trace.hpp"

namespace ingot::run {

struct ReadSet {
  os::PathTrace trace = {};
  /// File name patterns in the texts that were read.
  std::set<std::string> patterns = {};
  /// By opened folder, those that nobody can have applied to it: they match a library there that
  /// was not looked at.
  std::map<std::string, std::set<std::string>> unused = {};
  /// Folders of the result that lie in the trees below as well, relative: an overlay copies their
  /// attributes and times.
  std::vector<std::string> copied = {};
};

std::vector<std::uint8_t> packed(const ReadSet& reads);
/// Nothing when the bytes are damaged or of another version.
std::optional<ReadSet> unpacked_read_set(std::span<const std::uint8_t> bytes);

/// Fills in `unused`, of the trees that the step has run on.
void note_unused_patterns(ReadSet& reads, const std::vector<archive::ListedFile>& files,
                          const std::vector<std::string>& hidden);

/// A digest over everything that the paths lead to: links on the way, what is missing, files with
/// attributes and content, the names in opened folders. Times of folders count for `copied` alone.
/// Every package with a library adds to two lists that are read for others' sake: of the loader's
/// list of libraries those count whose names are among the paths; of libraries in opened folders,
/// those too that a pattern matches and may have been meant to. `files` are the trees together,
/// `hidden` the folders that the step saw empty; `content` reads one of the files.
Sha256 answer_to(const ReadSet& reads, const std::vector<archive::ListedFile>& files,
                 const std::vector<std::string>& hidden,
                 const std::function<std::string(const std::string& path)>& content);

}  // namespace ingot::run
