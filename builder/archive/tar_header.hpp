// SPDX-License-Identifier: Apache-2.0
// The 512 bytes of a POSIX ustar header, and pax records for what does not fit into them.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "os/tree.hpp"

namespace ingot::archive {

constexpr std::size_t tar_block = 512;

/// One member as the archive will state it.
struct TarHeader {
  std::string path;  ///< folders end in a slash
  std::string link_path;
  char type = '0';  ///< of POSIX: '0' file, '1' hard link, '2' link, '3' and '4' devices ...
  unsigned mode = 0;
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
  std::uint64_t device_major = 0;
  std::uint64_t device_minor = 0;
  std::map<std::string, std::string> xattrs;
  std::map<std::string, std::string> records = {};  ///< of pax, in place of what is above
};

/// The type of POSIX; Fault::unsupported for sockets, which tar cannot hold.
char tar_type_of(os::FileKind kind, std::string_view path);

/// How an archive names a path of a tree: folders end in a slash.
std::string tar_name_of(os::FileKind kind, std::string_view path);

/// The header block of `header`, in front of it, where a value does not fit, a pax member that
/// states it. A multiple of 512 bytes.
std::string encoded(const TarHeader& header);

}  // namespace ingot::archive
