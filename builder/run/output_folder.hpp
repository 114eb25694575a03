// SPDX-License-Identifier: Apache-2.0
// The folder of a release in the making, and giving it its name in one go.
#pragma once

#include <filesystem>
#include <string>

#include "os/file.hpp"

namespace ingot::run {

/// `<parent>/.<name>.partial-XXXXXX` until commit(); removed when that never comes.
class OutputFolder {
public:
  /// Makes `parent`. Fault::io when it cannot be written.
  OutputFolder(std::filesystem::path parent, std::string name);

  const std::filesystem::path& path() const noexcept { return release_; }
  /// Beside the release and on the same file system; never kept.
  const std::filesystem::path& scratch() const noexcept { return scratch_; }

  /// Renames to `<parent>/<name>`; a folder of that name is exchanged for the new one first and
  /// then removed, so that a reader always finds a whole release. Returns the final path.
  std::filesystem::path commit();

private:
  std::filesystem::path target_;
  os::TempDir staging_;
  std::filesystem::path release_;
  std::filesystem::path scratch_;
};

}  // namespace ingot::run
