// SPDX-License-Identifier: Apache-2.0
// Making an ext4 file system of a tree, straight into its place in a disk image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/bytes.hpp"
#include "disk/guid.hpp"
#include "disk/tool.hpp"

namespace ingot::disk {

struct Ext4Spec {
  std::filesystem::path tree;   ///< folder of the host; read only
  std::filesystem::path image;  ///< existing file, zeros where the file system goes
  std::uint64_t offset = 0;     ///< in bytes
  Bytes size;
  Guid id;
  Guid hash_seed;
  std::string label = "root";
  std::int64_t epoch = 0;  ///< no time in the file system is later; the time it was made
};

/// The mke2fs command, with paths as the build root sees them. Pure.
os::Command ext4_command(const Ext4Spec& spec);

/// Runs it and settles the times. With mke2fs 1.47.1 and newer the bytes depend on the tree's
/// content, owners, modes, extended attributes and modification times only; older ones also keep
/// the order in which the host lists folders. Fault::input when the tree does not fit.
void make_ext4(const Tool& tool, const Ext4Spec& spec);

}  // namespace ingot::disk
