// SPDX-License-Identifier: Apache-2.0
// What a finished disk is said to hold, as a JSON file beside it: so that the disk can be compared
// later, by whoever reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "disk/guid.hpp"
#include "disk/image.hpp"
#include "disk/partition.hpp"

namespace ingot::disk {

struct DescribedFile {
  std::string path;  ///< inside the file system: "EFI/BOOT/BOOTX64.EFI"
  std::uint64_t size = 0;
  Sha256 digest;
  bool operator==(const DescribedFile&) const = default;
};

struct DescribedPartition {
  Partition entry;
  std::string file_system;  ///< "vfat", "ext4"; the words of blkid
  std::string uuid;         ///< as blkid shows it
  /// All files of the file system; nothing when it holds the tree of the release.
  std::optional<std::vector<DescribedFile>> files;
  bool operator==(const DescribedPartition&) const = default;
};

struct DiskDescription {
  Bytes size;
  Guid id;  ///< of the table
  std::vector<DescribedPartition> partitions;
  bool operator==(const DiskDescription&) const = default;
};

/// Of the disk that write_disk() makes of `request`; reads the files of its ESP.
DiskDescription describe_disk(const DiskRequest& request);

std::string description_text(const DiskDescription& description);
/// Strict; Fault::verification with what is wrong.
DiskDescription parse_disk_description(std::string_view text);

}  // namespace ingot::disk
