// SPDX-License-Identifier: Apache-2.0
// The hash by which names are ordered in a folder's index: half_md4 with signed characters.
// Documentation/filesystems/ext4: "Hash Tree Directories".
#pragma once

#include <cstdint>
#include <string_view>

#include "disk/guid.hpp"

namespace ingot::disk {

/// The lowest bit is zero: the index uses it for hashes that two blocks share.
std::uint32_t ext4_name_hash(std::string_view name, const Guid& seed);

}  // namespace ingot::disk
