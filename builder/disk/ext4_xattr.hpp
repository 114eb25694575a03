// SPDX-License-Identifier: Apache-2.0
// Extended attributes as ext4 stores them: in the rest of the inode, then in one block.
// Documentation/filesystems/ext4: "Extended Attributes".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "disk/ext4_checksum.hpp"

namespace ingot::disk {

constexpr std::size_t ext4_attributes_in_inode = 96;

struct Ext4Attributes {
  std::vector<std::uint8_t> in_inode;  ///< nothing or 96 bytes
  std::vector<std::uint8_t> block;     ///< nothing or a block; its checksum is still to come
};

/// Names as the system calls have them; POSIX ACLs are turned into ext4's own form. Fault::input
/// when they do not fit, or one is of a kind that ext4 does not have.
Ext4Attributes ext4_attributes(const std::map<std::string, std::string>& xattrs);

/// Sets the checksum of the attribute block that lies at `place`.
void seal_attributes(std::vector<std::uint8_t>& block, std::uint64_t place,
                     const Ext4Checksum& checksum);

}  // namespace ingot::disk
