// SPDX-License-Identifier: Apache-2.0
// The names in an open folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ingot::os {

/// All names but "." and "..", in the file system's order; the descriptor's own position stays.
/// Fault::io with `shown` when they cannot be read.
std::vector<std::string> folder_names(int folder, const std::filesystem::path& shown);

}  // namespace ingot::os
