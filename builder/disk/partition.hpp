// SPDX-License-Identifier: Apache-2.0
// A partition as a value, and the types that the Discoverable Partitions Specification names.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "disk/guid.hpp"

namespace ingot::disk {

/// A disk address in sectors. Images are written for disks with sectors of 512 bytes.
struct Lba {
  std::uint64_t number = 0;
  auto operator<=>(const Lba&) const = default;
};

constexpr std::uint64_t sector_size = 512;
constexpr std::uint64_t alignment = 1ULL << 20;  ///< of partitions, in bytes

struct Partition {
  Guid type;
  Guid id;           ///< PARTUUID
  std::string name;  ///< PARTLABEL: printable ASCII, at most 36 characters
  Lba first;
  Lba last;  ///< inclusive
  std::uint64_t attributes = 0;

  std::uint64_t offset() const { return first.number * sector_size; }
  Bytes size() const { return {(last.number - first.number + 1) * sector_size}; }
  bool operator==(const Partition&) const = default;
};

/// Attribute bit 59: the file system may grow to the partition when it is mounted.
constexpr std::uint64_t grow_file_system = 1ULL << 59;

Guid esp_type();
Guid root_x86_64_type();

}  // namespace ingot::disk
