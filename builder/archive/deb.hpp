// SPDX-License-Identifier: Apache-2.0
// Debian binary packages (deb(5)): the control fields and scripts, and the files.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "archive/extract.hpp"

namespace ingot::archive {

struct DebControl {
  /// Fields of the control file by name as spelled there; continuation lines are kept, joined by
  /// newlines, without their leading blank.
  std::map<std::string, std::string> fields;
  /// Every file of the control archive by name: "control", "postinst", "conffiles" and so on.
  std::map<std::string, std::string> files;

  /// The field, or nothing said ("").
  std::string_view field(std::string_view name) const;
};

/// Fault::verification for a file that is no package of format 2.x.
DebControl read_deb_control(const std::filesystem::path& path);

/// Unpacks the payload as extract_tar() does.
std::vector<std::string> extract_deb(const std::filesystem::path& path,
                                     const std::filesystem::path& destination,
                                     const ExtractOptions& options = {});

}  // namespace ingot::archive
