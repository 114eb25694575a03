// SPDX-License-Identifier: Apache-2.0
// Where everything on a disk goes and what it is called, before a byte is written.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "disk/gpt.hpp"

namespace ingot::disk {

struct DiskSpec {
  Bytes size;      ///< of the whole disk
  Bytes esp_size;  ///< of the EFI system partition
  Sha256 seed;     ///< every id on the disk follows from it
};

/// One disk: an EFI system partition, then a root that takes the rest.
struct Layout {
  GptTable table;
  std::uint32_t volume_id = 0;  ///< of the EFI system partition's FAT
  Guid file_system;             ///< UUID of the root's ext4
  Guid hash_seed;               ///< of ext4's directory indexes

  const Partition& esp() const { return table.partitions.at(0); }
  const Partition& root() const { return table.partitions.at(1); }
  /// "root=PARTUUID=..." for the kernel line.
  std::string root_word() const;
};

constexpr Bytes smallest_esp = 64_MiB;
constexpr Bytes smallest_root = 128_MiB;

/// Pure: the same request gives the same layout. Sizes are rounded down to whole MiB; Fault::input
/// when the partitions do not fit.
Layout plan_layout(const DiskSpec& spec);

}  // namespace ingot::disk
