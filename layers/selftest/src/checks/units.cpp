// SPDX-License-Identifier: Apache-2.0
// Reads systemd's unit folders as files; no bus, no running manager.
#include "checks/checks.hpp"
#include "file.hpp"

namespace ingot::selftest {

std::vector<std::string> unit_folders() {
  return {"/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system",
          "/lib/systemd/system"};
}

std::optional<std::string> unit_file(const Node& node, const std::string& unit) {
  for (const std::string& folder : unit_folders()) {
    if (auto found = node.roots.resolve(folder + "/" + unit)) return found;
  }
  return std::nullopt;
}

bool unit_masked(const Node& node, const std::string& unit) {
  for (const std::string& folder : unit_folders()) {
    std::error_code error;
    const auto target = std::filesystem::read_symlink(node.roots.at(folder + "/" + unit), error);
    if (!error && target == "/dev/null") return true;
  }
  return false;
}

bool unit_enabled(const Node& node, const std::string& unit) {
  for (const std::string& folder : unit_folders()) {
    for (const std::string& name : names_in(node.roots.at(folder))) {
      if (!name.ends_with(".wants") && !name.ends_with(".requires")) continue;
      std::error_code error;
      const auto link = node.roots.at(folder + "/" + name + "/" + unit);
      if (std::filesystem::exists(std::filesystem::symlink_status(link, error))) return true;
    }
  }
  return false;
}

}  // namespace ingot::selftest
