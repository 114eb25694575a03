// SPDX-License-Identifier: Apache-2.0
// In what two lists of files differ, path by path and property by property.
#pragma once

#include <string>
#include <vector>

#include "archive/file_list.hpp"

namespace ingot::archive {

struct FileDifference {
  std::string path;  ///< as in ListedFile
  /// "missing", "added", or what differs: "type", "mode", "owner", "size", "content", "target",
  /// "device", "hard link", "time", "attribute NAME".
  std::string what;
  std::string expected;  ///< empty where there is nothing
  std::string found;

  bool operator==(const FileDifference&) const = default;
};

/// Both lists in order (put_in_order). The result is in the order of the paths.
std::vector<FileDifference> file_differences(const std::vector<ListedFile>& expected,
                                             const std::vector<ListedFile>& found);

}  // namespace ingot::archive
