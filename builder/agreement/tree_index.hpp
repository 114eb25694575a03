// SPDX-License-Identifier: Apache-2.0
// A finished image tree: every entry of it, seen in one walk, and its files' contents on demand.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agreement/root_folder.hpp"
#include "os/tree.hpp"

namespace ingot::agreement {

struct Entry {
  os::FileKind kind = os::FileKind::regular;
  unsigned mode = 0;
  std::uint64_t size = 0;
  std::string target;  ///< of links
};

using Entries = std::map<std::string, Entry, std::less<>>;

class TreeIndex {
public:
  explicit TreeIndex(const std::filesystem::path& root);

  const RootFolder& root() const noexcept { return root_; }

  /// By path, relative and without links on the way: "usr/lib/os-release".
  const Entries& all() const noexcept { return entries_; }
  const Entry* find(std::string_view path) const;
  bool has(std::string_view path) const { return find(path) != nullptr; }

  /// Names directly in a folder, sorted.
  std::vector<std::string> names_in(std::string_view folder) const;
  /// Paths at any depth below a folder, sorted.
  std::vector<std::string> paths_below(std::string_view folder) const;

  /// A regular file with an execute bit, links followed.
  bool is_program(std::string_view path) const;

private:
  RootFolder root_;
  Entries entries_;
};

/// The last part of a path.
std::string_view name_in(std::string_view path);

}  // namespace ingot::agreement
