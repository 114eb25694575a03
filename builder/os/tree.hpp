// SPDX-License-Identifier: Apache-2.0
// Reading a file tree in a fixed order, with everything an archive needs to know.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "os/fd.hpp"

namespace ingot::os {

enum class FileKind { regular, folder, link, character_device, block_device, fifo, socket };

struct TreeEntry {
  std::string path = {};  ///< relative to the root, no leading slash; "." for the root itself
  FileKind kind = FileKind::regular;
  unsigned mode = 0;  ///< permission, setuid, setgid, sticky bits only
  uid_t uid = 0;
  gid_t gid = 0;
  std::uint64_t size = 0;  ///< of regular files
  std::int64_t mtime = 0;  ///< seconds
  dev_t device = 0;        ///< of device files
  /// The same number for hard links of one file, and for nothing else in this walk; numbered in
  /// the order of the walk, so that it is the same for equal trees.
  std::uint64_t inode = 0;
  std::uint64_t links = 1;
  std::string target = {};                         ///< of symbolic links
  std::map<std::string, std::string> xattrs = {};  ///< without user.overlay.* and trusted.overlay.*
  bool opaque = false;            ///< a folder of an overlay's upper that hides those below it
  std::uint32_t nanoseconds = 0;  ///< of mtime
};

/// Visits every entry below `root`, parents first, siblings in byte order of their names, never
/// following links; folders on which something is mounted are visited, not entered. `open` gives
/// a descriptor for the content of a regular file.
using TreeVisitor = std::function<void(const TreeEntry&, const std::function<Fd()>& open)>;
void walk_tree(const std::filesystem::path& root, const TreeVisitor& visit);

}  // namespace ingot::os
