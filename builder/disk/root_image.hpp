// SPDX-License-Identifier: Apache-2.0
// A read-only root image (squashfs, hash tree behind it) of listed files, as netboot nodes fetch
// it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "archive/content.hpp"
#include "archive/file_list.hpp"
#include "archive/piece.hpp"
#include "base/digest.hpp"
#include "disk/squashfs.hpp"
#include "disk/verity.hpp"

namespace ingot::disk {

struct RootImageSpec {
  const std::vector<archive::ListedFile>& files;  ///< in order (put_in_order), with digests
  archive::OpenContent open;
  archive::Recall recall = {};
  std::filesystem::path output;
  SquashfsOptions squashfs = {};
  Sha256 salt = {};  ///< of the hash tree
  Guid uuid = {};    ///< of the hash tree
};

struct RootImage {
  Sha256 digest;  ///< of the whole file, hash tree included
  std::uint64_t size = 0;
  Verity verity;
  std::vector<archive::Piece> pieces;
};

/// Writes the image and appends the hash tree; `output` exists only when it is complete. Throws
/// what write_squashfs() throws.
RootImage make_root_image(const RootImageSpec& spec);

}  // namespace ingot::disk
