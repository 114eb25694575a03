// SPDX-License-Identifier: Apache-2.0
// A read-only root image (squashfs, hash tree behind it) of a tree, as netboot nodes fetch it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/digest.hpp"
#include "disk/tool.hpp"
#include "disk/verity.hpp"

namespace ingot::disk {

struct RootImageSpec {
  std::filesystem::path tree;  ///< folder of the host; read only
  std::filesystem::path output;
  std::int64_t epoch = 0;        ///< no time in the image is later; 0 to 2^32 - 1
  int level = 3;                 ///< of zstd, 1 to 22
  std::uint32_t block = 131072;  ///< bytes compressed together: a power of two, 4 KiB to 1 MiB
  unsigned workers = 0;          ///< 0: one for each processor; never changes the bytes
  Sha256 salt;                   ///< of the hash tree
  Guid uuid;                     ///< of the hash tree
};

struct RootImage {
  Sha256 digest;  ///< of the whole file, hash tree included
  std::uint64_t size = 0;
  Verity verity;
};

/// The mksquashfs command, with paths as the build root sees them. Pure; Fault::input for a block
/// size, level or epoch that cannot be.
os::Command root_image_command(const RootImageSpec& spec);

/// Makes the image, looks at its superblock (Documentation/filesystems/squashfs.rst of Linux) and
/// appends the hash tree; `output` exists only when it is complete. The build root needs
/// squashfs-tools (4.4 or later, for images that depend on the tree alone).
RootImage make_root_image(const Tool& tool, const RootImageSpec& spec);

}  // namespace ingot::disk
