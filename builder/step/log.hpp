// SPDX-License-Identifier: Apache-2.0
// The build log: every line that any step's commands print, with the step in front.
#pragma once

#include <filesystem>
#include <mutex>
#include <string_view>

#include "os/fd.hpp"

namespace ingot::step {

class Log {
public:
  /// Starts a fresh file. Throws Fault::io.
  explicit Log(std::filesystem::path path);

  const std::filesystem::path& path() const noexcept { return path_; }
  /// Thread-safe; "<step>| <line>".
  void line(std::string_view step, std::string_view text);

private:
  std::filesystem::path path_;
  os::Fd fd_;
  std::mutex mutex_;
};

}  // namespace ingot::step
