// SPDX-License-Identifier: Apache-2.0
// The list of all files of a tree with everything that can be told about each: a text in the
// format of mtree(5), one line for each path, in byte order.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "os/tree.hpp"

namespace ingot::archive {

struct ListedFile {
  std::string path;  ///< relative, no leading slash; "." for the root. Any bytes but 0.
  os::FileKind kind = os::FileKind::regular;
  unsigned mode = 0;  ///< permission, setuid, setgid, sticky bits only
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::uint64_t size = 0;   ///< of regular files
  std::int64_t mtime = 0;   ///< seconds
  std::uint64_t links = 1;  ///< names that this file has inside the tree; 1 for folders
  /// Of a further name of one file: the first of its names. The rest is said again all the same.
  std::string hard_link = {};
  std::optional<Sha256> digest = {};  ///< of regular files
  std::string target = {};            ///< of symbolic links
  std::uint64_t device_major = 0;     ///< of device files
  std::uint64_t device_minor = 0;
  std::map<std::string, std::string> xattrs = {};

  bool operator==(const ListedFile&) const = default;
};

/// The word for a kind in the list: "file", "dir", "link", "char", "block", "fifo", "socket".
std::string_view name_of(os::FileKind kind) noexcept;

/// Sorts by path, and makes `links` and `hard_link` follow from the list alone: of names that
/// share a `hard_link` (or are one), the first in byte order becomes the one the others point to.
/// Fault::verification when a path is there twice.
void put_in_order(std::vector<ListedFile>& files);

/// The same files in the same order give the same bytes; other readers of mtree(5) understand all
/// but `hardlink` and `xattr`.
std::string file_list_text(const std::vector<ListedFile>& files);

struct FileListLimits {
  std::uint64_t bytes = 1ULL << 30;
  std::uint64_t files = 4'000'000;
};

/// Strict: every fault is Fault::verification with the number of the line. The result is in order.
std::vector<ListedFile> parse_file_list(std::string_view text, const FileListLimits& limits = {});

/// How a path is shown: bytes that are no plain text as \ooo, as in the list.
std::string escaped_path(std::string_view path);

}  // namespace ingot::archive
