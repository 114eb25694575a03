// SPDX-License-Identifier: Apache-2.0
// An empty journal: JBD2's superblock, behind which all is zero.
// Documentation/filesystems/ext4: "Journal (jbd2)".
#pragma once

#include <cstdint>
#include <vector>

#include "disk/guid.hpp"

namespace ingot::disk {

/// One block, big-endian.
std::vector<std::uint8_t> journal_superblock(std::uint32_t blocks, const Guid& file_system);

}  // namespace ingot::disk
