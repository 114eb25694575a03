// SPDX-License-Identifier: Apache-2.0
// How much room a file tree takes, before a file system is made of it.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/bytes.hpp"

namespace ingot::disk {

struct TreeSize {
  std::uint64_t inodes = 0;
  Bytes content;  ///< in whole blocks of 4 KiB; hard links count once
};

TreeSize measure_tree(const std::filesystem::path& tree);

/// The size of an ext4 partition that holds the tree with its own tables and a tenth to spare,
/// in whole MiB.
Bytes root_size_for(const TreeSize& tree);

/// The smallest disk size with such a root and that EFI system partition.
Bytes disk_size_for(const TreeSize& tree, Bytes esp_size);

}  // namespace ingot::disk
