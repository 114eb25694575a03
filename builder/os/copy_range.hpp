// SPDX-License-Identifier: Apache-2.0
// Copying bytes from one open file to another, inside of the kernel where it can.
#pragma once

#include <cstdint>
#include <filesystem>

namespace ingot::os {

/// A stretch of an open file; the name is for messages.
struct Stretch {
  int fd = -1;
  const std::filesystem::path& name;
  std::uint64_t offset = 0;
};

/// Copies `size` bytes; positions of the descriptors stay. Fault::io, also when the source ends
/// before.
void copy_range(const Stretch& from, const Stretch& to, std::uint64_t size);

}  // namespace ingot::os
