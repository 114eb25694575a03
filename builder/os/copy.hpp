// SPDX-License-Identifier: Apache-2.0
// Copying a file as a whole, or not at all.
#pragma once

#include <filesystem>

namespace ingot::os {

/// Replaces `to` by the bytes of `from`, a regular file; Fault::io names the file and the reason.
void copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
               unsigned mode = 0644);

}  // namespace ingot::os
