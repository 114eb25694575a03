// SPDX-License-Identifier: Apache-2.0
// The blocks of one folder of an ext4: a list of names while one block holds it, else a hash tree.
// Documentation/filesystems/ext4: "Directory Entries".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "disk/ext4_checksum.hpp"
#include "disk/guid.hpp"
#include "os/tree.hpp"

namespace ingot::disk {

struct DirectoryRecord {
  std::string_view name;
  std::uint32_t inode = 0;
  os::FileKind kind = os::FileKind::regular;
};

struct DirectoryPlace {
  std::uint32_t self = 0;  ///< inodes
  std::uint32_t parent = 0;
};

class Ext4Directory {
public:
  Ext4Directory() = default;
  /// `records` in any fixed order, without "." and ".."; their names must outlive this. A folder
  /// without an index gets at least `least_blocks`. Fault::unsupported with more names than an
  /// index of two levels reaches (some four million).
  Ext4Directory(std::vector<DirectoryRecord> records, const Guid& hash_seed,
                std::uint32_t least_blocks = 1);

  std::uint32_t blocks() const noexcept { return blocks_; }
  bool indexed() const noexcept { return !leaves_.empty(); }
  std::vector<std::uint8_t> bytes(const DirectoryPlace& place, const Ext4Checksum& checksum) const;

private:
  struct Leaf {
    std::size_t first = 0;   // record
    std::uint32_t hash = 0;  // as the index has it
  };
  class Writer;

  void index(const Guid& hash_seed);
  std::size_t nodes() const noexcept;

  std::vector<DirectoryRecord> records_;
  std::vector<Leaf> leaves_;  // of the index
  std::uint32_t blocks_ = 0;
};

}  // namespace ingot::disk
