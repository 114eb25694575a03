// SPDX-License-Identifier: Apache-2.0
// Times in a fresh ext4 file system that would tell when and how it was built.
#pragma once

#include <cstdint>
#include <filesystem>

namespace ingot::disk {

/// Rewrites the times of every inode of the file system at `offset`: access, change and birth
/// become `epoch`, modification at most `epoch`, in whole seconds; inode checksums follow.
/// mke2fs takes access times from the tree, where reading a file changes them. Fault::input when
/// there is no ext4 with a plain layout (no meta_bg, 4 KiB blocks) at that place.
void settle_times(int fd, const std::filesystem::path& name, std::uint64_t offset,
                  std::int64_t epoch);

}  // namespace ingot::disk
