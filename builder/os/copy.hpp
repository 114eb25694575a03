// SPDX-License-Identifier: Apache-2.0
// Copying a file as a whole, or not at all.
#pragma once

#include <filesystem>

namespace ingot::os {

/// Replaces `to` by the bytes of `from`, a regular file; holes stay holes where the file system
/// tells them. Fault::io names the file and the reason.
void copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
               unsigned mode = 0644);

/// Gives the content of `from` the further path `to`, which must not exist, as cheaply as the file
/// systems allow: a copy that shares blocks, else a hard link, else a copy. Whoever changes one of
/// hard links changes the other.
void share_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace ingot::os
