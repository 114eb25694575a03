// SPDX-License-Identifier: Apache-2.0
// In what an open disk differs from what its release says about it: table, file systems, every
// file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "archive/file_list.hpp"
#include "disk/description.hpp"
#include "guest/guest.hpp"
#include "report/report.hpp"

namespace ingot::run {

struct DiskDifference {
  std::string where;     ///< "partition 2" or, on one, "/etc/passwd"
  int partition = 0;     ///< 0: the disk as a whole
  std::string what;      ///< "size", "mode", "content", "added" ...
  std::string expected;  ///< empty where there is nothing
  std::string found;
  bool operator==(const DiskDifference&) const = default;
};

struct DiskComparison {
  std::vector<DiskDifference> differences;
  std::size_t files = 0;  ///< that were looked at
  std::uint64_t bytes = 0;
};

/// `files` is the list of the tree that the root holds. What cannot be read is a difference too;
/// Errors are left to machines that fail.
DiskComparison compare_disk(guest::Guest& guest, const disk::DiskDescription& description,
                            const std::vector<archive::ListedFile>& files, Report& report);

/// "partition 2: /etc/passwd: mode: 0644 expected, 0666 found"
std::string line_of(const DiskDifference& difference);

}  // namespace ingot::run
