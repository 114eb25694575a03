// SPDX-License-Identifier: Apache-2.0
// What the file system below a folder is, and how much room it has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/bytes.hpp"

namespace ingot::os {

struct Storage {
  std::filesystem::path folder;  ///< the nearest one that exists
  std::uint64_t device = 0;      ///< the same for folders that share their room
  std::string type;              ///< "ext4", "tmpfs", ...; a number where it has no name here
  Bytes free;                    ///< for this user
  std::uint64_t free_files = 0;  ///< 0: the file system does not count them
  bool writable = false;         ///< by this user
  bool runs_programs = true;     ///< not mounted noexec
};

/// Fault::io when not even the root can be asked.
Storage storage_of(const std::filesystem::path& folder);

/// Bytes that the files below really take, holes not counted; 0 when there is nothing.
Bytes allocated_below(const std::filesystem::path& folder);

}  // namespace ingot::os
