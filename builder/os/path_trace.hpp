// SPDX-License-Identifier: Apache-2.0
// Which paths the programs of a sandbox have looked at.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ingot::os {

enum class PathUse {
  looked,  ///< asked for, read, executed, or found missing
  opened   ///< opened: of a folder, its names may have been read
};

/// Every path that a system call was given, and every file that one led to. Paths are absolute from
/// the sandbox's root, have no empty or "." parts, and may have "..", links and any bytes but 0.
/// What lies in /proc, /dev, /run and /tmp, which are the sandbox's own, is left out.
struct PathTrace {
  std::map<std::string, PathUse> paths;
  std::string gap;  ///< why something may be missing from `paths`; empty when nothing is

  void add(const std::string& path, PathUse use);
  /// All that is in the other one as well.
  void add(const PathTrace& other);
  bool complete() const noexcept { return gap.empty(); }
};

std::vector<std::uint8_t> packed(const PathTrace& trace);
/// A trace with a gap when the bytes are none.
PathTrace unpacked_trace(std::span<const std::uint8_t> bytes);

}  // namespace ingot::os
