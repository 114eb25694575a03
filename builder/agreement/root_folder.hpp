// SPDX-License-Identifier: Apache-2.0
// A folder that is a system's root: paths in it lead where that system's own processes would get,
// and never out of it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "os/fd.hpp"

namespace ingot::agreement {

class RootFolder {
public:
  /// Throws Fault::io when it cannot be opened.
  explicit RootFolder(std::filesystem::path path);

  const std::filesystem::path& path() const noexcept { return path_; }

  /// The content of a regular file; nothing when links lead to none. Fault::verification when it
  /// is larger than `limit`.
  std::optional<std::string> read(std::string_view path, std::uint64_t limit = 1U << 20) const;

  /// Where a path ends when all links are followed, relative to the root, without slash in front;
  /// nothing when it ends nowhere.
  std::optional<std::string> resolved(std::string_view path) const;

private:
  os::Fd open(std::string_view path, std::uint64_t flags) const;

  std::filesystem::path path_;
  os::Fd root_;
};

}  // namespace ingot::agreement
