// SPDX-License-Identifier: Apache-2.0
// A squashfs 4.0 image of listed files, packed by zstd. Its bytes follow from the list, the content
// and the options alone (Documentation/filesystems/squashfs.rst of Linux).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "archive/content.hpp"
#include "archive/file_list.hpp"
#include "archive/piece.hpp"

namespace ingot::disk {

struct SquashfsOptions {
  std::int64_t epoch = 0;        ///< no time in the image is later; 0 to 2^32 - 1
  int level = 3;                 ///< of zstd, 1 to 22
  std::uint32_t block = 131072;  ///< bytes packed together: a power of two, 4 KiB to 1 MiB
  unsigned workers = 0;          ///< 0: one for each processor; never changes the bytes
};

struct SquashfsImage {
  std::uint64_t size = 0;  ///< of the file: whole pages
  std::vector<archive::Piece> pieces;
};

/// Fault::input for options that cannot be.
void check_squashfs_options(const SquashfsOptions& options);

/// Writes the image to the empty file `fd` (open for writing). `files` is in order, with digests;
/// equal files are stored once, zeros not at all. What `recall` knows is copied and not opened.
/// Attributes that squashfs cannot hold (POSIX ACLs) are left out. Fault::io when a file has
/// another size than the list says, Fault::unsupported for what no squashfs can hold.
SquashfsImage write_squashfs(const std::vector<archive::ListedFile>& files,
                             const archive::OpenContent& open, const archive::Recall& recall,
                             const SquashfsOptions& options, int fd,
                             const std::filesystem::path& name);

}  // namespace ingot::disk
