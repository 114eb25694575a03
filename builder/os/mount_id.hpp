// SPDX-License-Identifier: Apache-2.0
// Telling mounts apart, bind mounts of one file system included.
#pragma once

#include <cstdint>
#include <filesystem>

namespace ingot::os {

/// The mount that an open file or folder is on; `name` is for messages. Throws Fault::io.
std::uint64_t mount_id_of(int fd, const std::filesystem::path& name);

}  // namespace ingot::os
