// SPDX-License-Identifier: Apache-2.0
// What a disk image holds, for people who were given one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "archive/file_list.hpp"
#include "guest/guest.hpp"

namespace ingot::run {

struct InspectedPartition {
  guest::Partition entry;
  guest::FileSystem file_system;
  std::string unreadable;  ///< why its files could not be read; empty when they could
};

struct InspectedFile {
  std::string path;
  std::uint64_t size = 0;
  Sha256 digest;
};

struct Inspection {
  guest::PartitionTable table;
  std::vector<InspectedPartition> partitions;
  std::vector<InspectedFile> esp_files;
  int root = 0;                      ///< number of the partition with an operating system; 0: none
  std::string os_name;               ///< PRETTY_NAME of os-release
  std::string image;                 ///< IMAGE_ID and IMAGE_VERSION, if it says so
  std::vector<std::string> kernels;  ///< releases that have modules
  std::optional<std::size_t> packages;  ///< that dpkg says are installed
};

/// Reads the small files only; a file system that cannot be read is part of the result.
Inspection inspect_disk(guest::Guest& guest);

}  // namespace ingot::run
