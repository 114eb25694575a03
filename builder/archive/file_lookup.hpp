// SPDX-License-Identifier: Apache-2.0
// Paths in a list of files: where they lead when links are followed as the system in the tree would
// follow them, never out of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/file_list.hpp"

namespace ingot::archive {

enum class LastLink { follow, keep };

class FileLookup {
public:
  /// `files` is in order (put_in_order) and outlives the lookup unchanged.
  explicit FileLookup(const std::vector<ListedFile>& files) : files_(files) {}

  /// The file of exactly that path, as in ListedFile; null when there is none.
  const ListedFile* find(std::string_view path) const;

  /// Where `path` (with or without a slash in front) leads; null when it leads nowhere, also for
  /// links in a circle. A slash at the end asks for a folder.
  const ListedFile* resolved(std::string_view path, LastLink last) const;

  /// Like resolved(), but Fault::input says why it leads nowhere, and what was perhaps meant.
  const ListedFile& required(std::string_view path, LastLink last) const;

  /// What lies directly in a folder, in byte order.
  std::vector<const ListedFile*> inside(const ListedFile& folder) const;
  /// What lies at any depth below a folder, in byte order.
  std::vector<const ListedFile*> below(const ListedFile& folder) const;

private:
  struct Way {
    const ListedFile* end = nullptr;     ///< null when it leads nowhere
    const ListedFile* folder = nullptr;  ///< the last one reached
    std::string missing;                 ///< the name that it does not have
    std::string fault;
  };

  Way way_of(std::string_view path, LastLink last) const;
  std::string suggestion(const Way& way) const;

  const std::vector<ListedFile>& files_;
};

/// The last part of a path.
std::string_view last_name(std::string_view path);

/// The path of the folder that holds it: "." at the top.
std::string_view folder_of(std::string_view path);

}  // namespace ingot::archive
