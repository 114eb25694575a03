// SPDX-License-Identifier: Apache-2.0
// A read-only root image (EROFS) of a tree, as netboot nodes fetch it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/digest.hpp"
#include "disk/guid.hpp"
#include "disk/tool.hpp"

namespace ingot::disk {

struct RootImageSpec {
  std::filesystem::path tree;  ///< folder of the host; read only
  std::filesystem::path output;
  Guid id;
  std::int64_t epoch = 0;  ///< no time in the image is later
  /// As mkfs.erofs names it: "lz4hc,level=9", "zstd,level=3"; empty: not compressed.
  std::string compression = "zstd,level=3";
  std::uint32_t cluster = 65536;  ///< bytes compressed together: a power of two, 4 KiB to 1 MiB
  unsigned workers = 0;           ///< 0: mkfs.erofs decides; never changes the bytes
};

struct RootImage {
  Sha256 digest;
  std::uint64_t size = 0;
};

/// The mkfs.erofs command, with paths as the build root sees them. Pure; Fault::input for a
/// cluster size or compression that cannot be.
os::Command root_image_command(const RootImageSpec& spec);

/// Makes the image and looks at its superblock; `output` exists only when it is complete. The
/// build root needs erofs-utils (1.8 for zstd and workers).
RootImage make_root_image(const Tool& tool, const RootImageSpec& spec);

}  // namespace ingot::disk
