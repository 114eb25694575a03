// SPDX-License-Identifier: Apache-2.0
// Whether trees can be built in a folder: what a build does there is done once, on a few files.
#pragma once

#include <filesystem>

namespace ingot::os {

/// Mounts a writable overlay below `folder`, which exists, removes, replaces and hands over files,
/// and looks at what that left. Needs enter_private_mounts(). Fault::environment, with the reason,
/// when the kernel or the file system cannot do it; nothing of it stays.
void try_overlay(const std::filesystem::path& folder);

}  // namespace ingot::os
