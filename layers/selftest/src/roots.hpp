// SPDX-License-Identifier: Apache-2.0
// Where the node's trees lie, so that every check can be run on a tree that is no running node.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ingot::selftest {

struct Roots {
  std::filesystem::path root = "/";
  std::filesystem::path sys = "/sys";
  std::filesystem::path proc = "/proc";
  std::filesystem::path dev = "/dev";
  std::filesystem::path etc = "/etc";
  std::filesystem::path run = "/run";

  /// All six below one folder.
  static Roots below(const std::filesystem::path& folder);

  /// Whether these are the roots of the machine we run on.
  bool live() const;
  /// Where an absolute path of the node lies here: /sys/x in sys, /usr/x in root.
  std::filesystem::path at(std::string_view absolute) const;
  /// The node's path after all links, which are followed inside the roots only; nothing when the
  /// path, or the end of a link, is missing. Throws Broken on a loop.
  std::optional<std::string> resolve(std::string_view absolute) const;
  bool exists(std::string_view absolute) const { return resolve(absolute).has_value(); }
  /// Regular after links, and executable by its owner.
  bool executable(std::string_view absolute) const;
};

}  // namespace ingot::selftest
