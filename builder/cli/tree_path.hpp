// SPDX-License-Identifier: Apache-2.0
// A path in a release's tree as somebody typed it, or copied it from what `ingot ls` shows.
#pragma once

#include <string>

#include "archive/file_lookup.hpp"

namespace ingot::cli {

/// The file that `typed` names: as it stands, else with its \ooo taken as bytes. Fault::input with
/// a suggestion when there is none.
const archive::ListedFile& named_file(const archive::FileLookup& files, const std::string& typed,
                                      archive::LastLink last);

}  // namespace ingot::cli
