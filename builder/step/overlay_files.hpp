// SPDX-License-Identifier: Apache-2.0
// Putting a folder's files into the image root as the image should own them.
#pragma once

#include <filesystem>
#include <string>

#include "step/workplace.hpp"

namespace ingot::step {

/// Copies everything below `files` into the tree: owner root, mode 0755 for programs and 0644 for
/// the rest (a checkout's umask must not show), time the epoch. Folders that exist keep their
/// owner and mode, and links to folders (/lib) stay links.
void put_files(const Workplace& workplace, const Tree& tree, const std::string& step,
               const std::filesystem::path& files);

}  // namespace ingot::step
