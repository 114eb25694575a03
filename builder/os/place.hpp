// SPDX-License-Identifier: Apache-2.0
// Reading and writing at places of an open file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace ingot::os {

/// Fills `buffer` from `offset`; Fault::input when the file ends before.
void read_at(int fd, const std::filesystem::path& name, std::uint64_t offset,
             std::span<std::uint8_t> buffer);

void write_at(int fd, const std::filesystem::path& name, std::uint64_t offset,
              std::span<const std::uint8_t> bytes);

}  // namespace ingot::os
