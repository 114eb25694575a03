// SPDX-License-Identifier: Apache-2.0
// What a step sees of the trees below it when some folders are hidden from it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/file_list.hpp"
#include "base/digest.hpp"
#include "store/store.hpp"

namespace ingot::run {

struct VisibleTree {
  Sha256 digest;                    ///< over everything in sight: names, attributes, times, content
  std::vector<std::string> hidden;  ///< those of the hidden folders that are there
  std::vector<archive::ListedFile> files;  ///< that are in sight, without the hidden folders
};

/// `lowers` from the lowest, each with an index; times later than `latest_mtime` count as that. A
/// name in `hidden` that ends with '*' stands for all folders that begin so. Of a hidden folder
/// only that it is there is seen.
VisibleTree visible_tree(const std::vector<store::Entry>& lowers,
                         const std::vector<std::string>& hidden, std::int64_t latest_mtime);

}  // namespace ingot::run
