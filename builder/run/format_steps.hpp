// SPDX-License-Identifier: Apache-2.0
// The files of a release as results in the store: written when one of their inputs is new, else
// taken from there.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/piece.hpp"
#include "base/digest.hpp"
#include "step/formats.hpp"
#include "step/workplace.hpp"
#include "store/entry_index.hpp"
#include "store/store.hpp"

namespace ingot::run {

class SharedCache;

struct FormatTask {
  std::string name;   ///< "root-image"
  std::string image;  ///< the newest results of an image and format stay
  Sha256 key;         ///< over everything that decides the bytes
  /// Writes the files into `folder`, an empty one.
  std::function<std::vector<step::MadeFile>(const std::filesystem::path& folder,
                                            const archive::Recall& recall)>
      write;
};

struct FormatResult {
  std::vector<step::MadeFile> files;  ///< all with `measured`
  std::filesystem::path folder;       ///< in the store; holds them all
  bool cached = false;
};

/// The result of an earlier run, if all of its files are still what they were then, by size and
/// time. One that is not is removed, and said.
std::optional<FormatResult> find_format(const store::Store& store, Report& report,
                                        const Sha256& key);

/// What is not as the facts of a format's result say, by size and time or with all files read;
/// nothing when it is whole.
std::optional<std::string> format_alteration(const store::Entry& entry, store::Look look);

/// Finds, takes from `shared` (which may be null) or writes, with pieces of earlier results at
/// hand. Of one image and format the store keeps the newest two results.
FormatResult carry_out(const step::Workplace& workplace, const FormatTask& task,
                       SharedCache* shared = nullptr);

}  // namespace ingot::run
