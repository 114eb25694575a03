// SPDX-License-Identifier: Apache-2.0
// What can be asked of a disk that is open in a machine of its own, away from the host's kernel.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace ingot::guest {

struct Partition {
  int number = 0;    ///< counted from 1
  std::string type;  ///< GUIDs in lower case
  std::string id;
  std::string name;
  std::uint64_t start = 0;  ///< in bytes
  Bytes size;
  bool operator==(const Partition&) const = default;
};

struct PartitionTable {
  Bytes disk;        ///< size of the whole disk
  std::string kind;  ///< "gpt", "msdos"; empty: there is none
  std::string id;    ///< of a GPT; empty otherwise
  std::vector<Partition> partitions;
  bool operator==(const PartitionTable&) const = default;
};

struct FileSystem {
  std::string kind;  ///< the words of blkid: "ext4", "vfat"; empty when it is none
  std::string uuid;
  std::string label;
  bool operator==(const FileSystem&) const = default;
};

/// One open disk; nothing that is asked changes it. Errors are Fault::verification: what cannot be
/// read is a broken disk.
class Guest {
public:
  virtual ~Guest() = default;

  virtual PartitionTable table() = 0;
  /// Bytes of the disk itself; fewer only at its end.
  virtual std::string read_bytes(std::uint64_t offset, std::size_t count) = 0;
  virtual FileSystem file_system(int partition) = 0;

  /// Calls `reader` with a descriptor that gives the whole file system as a tar archive, with
  /// numeric owners and extended attributes (ACLs are some of them). The reader need not read all
  /// of it.
  virtual void read_tree(int partition, const std::function<void(int fd)>& reader) = 0;

  /// The content of a regular file, links followed inside the file system; nothing when there is
  /// none. Fault::verification when it is larger than `limit`.
  virtual std::optional<std::string> read_file(int partition, const std::string& path,
                                               std::uint64_t limit) = 0;

  /// Names in a folder, sorted; empty when there is no such folder.
  virtual std::vector<std::string> names_in(int partition, const std::string& folder) = 0;
};

}  // namespace ingot::guest
