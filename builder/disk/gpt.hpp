// SPDX-License-Identifier: Apache-2.0
// GUID partition tables (UEFI 2.10 section 5.3): writing them, and reading foreign ones strictly.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "disk/guid.hpp"
#include "disk/partition.hpp"

namespace ingot::disk {

struct GptTable {
  Guid disk;
  std::uint64_t sectors = 0;  ///< of the whole disk
  std::vector<Partition> partitions;
  bool operator==(const GptTable&) const = default;
};

constexpr std::uint64_t gpt_front_sectors = 34;  ///< protective MBR, header, 128 entries
constexpr std::uint64_t gpt_back_sectors = 33;   ///< 128 entries, header on the last sector

struct GptBytes {
  std::vector<std::uint8_t> front;  ///< for the first 34 sectors
  std::vector<std::uint8_t> back;   ///< for the last 33
};

/// Fault::input when partitions overlap, leave the usable sectors, share an id, or are too many.
GptBytes encode_gpt(const GptTable& table);

/// The table of a disk of `sectors`. Both copies must be whole (signatures, checksums, places) and
/// say the same; anything else is Fault::input with the reason.
GptTable decode_gpt(std::span<const std::uint8_t> front, std::span<const std::uint8_t> back,
                    std::uint64_t sectors);

/// Writes both copies into an open file that already has its full size.
void write_gpt(int fd, const std::filesystem::path& name, const GptTable& table);

/// Of a disk image file.
GptTable read_gpt(const std::filesystem::path& image);

}  // namespace ingot::disk
