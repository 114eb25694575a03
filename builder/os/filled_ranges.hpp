// SPDX-License-Identifier: Apache-2.0
// Where an open file has content, and where holes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace ingot::os {

struct FilledRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool operator==(const FilledRange&) const = default;
};

/// All content of a regular file, in order; what lies between is zeros. One range where the file
/// system knows of no holes. Moves the descriptor's position. `name` is for messages.
std::vector<FilledRange> filled_ranges(int fd, const std::filesystem::path& name);

}  // namespace ingot::os
