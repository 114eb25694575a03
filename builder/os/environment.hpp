// SPDX-License-Identifier: Apache-2.0
// The process's surroundings, read once in main and passed down; nothing else reads them.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::os {

class Environment {
public:
  Environment() = default;
  explicit Environment(std::map<std::string, std::string> variables, std::filesystem::path cwd,
                       std::filesystem::path executable);

  /// The real one: environ, working directory, /proc/self/exe.
  static Environment of_process();

  std::optional<std::string> get(std::string_view name) const;
  /// Unset and empty both give the fallback.
  std::string get_or(std::string_view name, std::string_view fallback) const;
  const std::map<std::string, std::string>& variables() const noexcept { return variables_; }
  const std::filesystem::path& cwd() const noexcept { return cwd_; }
  const std::filesystem::path& executable() const noexcept { return executable_; }

  /// INGOT_CACHE, else XDG_CACHE_HOME/ingot, else HOME/.cache/ingot; Fault::environment when none
  /// is set.
  std::filesystem::path cache_folder() const;

private:
  std::map<std::string, std::string> variables_;
  std::filesystem::path cwd_;
  std::filesystem::path executable_;
};

/// The first executable regular file of that name on PATH (plus /usr/sbin and /sbin, which
/// ordinary users lack).
std::optional<std::filesystem::path> find_program(const Environment& environment,
                                                  std::string_view name);

}  // namespace ingot::os
