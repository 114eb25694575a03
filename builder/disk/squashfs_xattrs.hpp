// SPDX-License-Identifier: Apache-2.0
// The extended attributes of a squashfs image: each different set of them is stored once
// (squashfs.rst, "xattr table").
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "disk/squashfs_metadata.hpp"

namespace ingot::disk {

class SquashfsXattrs {
public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  explicit SquashfsXattrs(int level) : pairs_(level), level_(level) {}

  /// The number of the set for inodes; `none` when nothing of it can be stored. squashfs knows
  /// user, trusted and security attributes; others, such as POSIX ACLs, are left out.
  std::uint32_t add(const std::map<std::string, std::string>& xattrs);

  /// The whole table as it lies at `start` of the image.
  struct Table {
    std::vector<std::uint8_t> bytes;
    std::uint64_t head = 0;  ///< what the superblock names, in the image
  };
  bool empty() const noexcept { return sets_.empty(); }
  Table finish(std::uint64_t start);

private:
  struct Set {
    std::uint64_t reference = 0;
    std::uint32_t count = 0;
    std::uint32_t size = 0;  ///< of whole names, each with a zero, and values, as mksquashfs counts
  };

  SquashfsMetadata pairs_;
  int level_;
  std::vector<Set> sets_;
  std::map<std::string, std::uint32_t> known_;  ///< by the bytes of a set
};

}  // namespace ingot::disk
