// SPDX-License-Identifier: Apache-2.0
// Which files of two trees differ, and how many of them where and of which package.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "archive/file_difference.hpp"
#include "archive/file_list.hpp"
#include "run/file_owners.hpp"

namespace ingot::run {

struct FileChange {
  enum class Kind { added, removed, changed, time_only };
  std::string path;  ///< as in ListedFile
  Kind kind = Kind::changed;
  std::string package;  ///< that brought it, in b if it is there; empty: none
  std::vector<archive::FileDifference> properties;
};

std::string_view name_of(FileChange::Kind kind) noexcept;

/// The folder that holds it, cut after three names: "/usr/share/doc".
std::string folder_label(const std::string& path);

struct FileCounts {
  std::size_t added = 0;
  std::size_t removed = 0;
  std::size_t changed = 0;
  std::size_t time_only = 0;  ///< nothing but the time of modification differs

  void count(FileChange::Kind kind);
  std::size_t sum() const { return added + removed + changed + time_only; }
};

struct FileChanges {
  FileCounts total;
  std::map<std::string, FileCounts> folders;   ///< by folder_label()
  std::map<std::string, FileCounts> packages;  ///< "" for what no package brought
  std::vector<FileChange> files;               ///< in the order of the paths
};

/// Both lists are in order.
FileChanges file_changes(const std::vector<archive::ListedFile>& a,
                         const std::vector<archive::ListedFile>& b, const FileOwners& owners_a,
                         const FileOwners& owners_b);

}  // namespace ingot::run
