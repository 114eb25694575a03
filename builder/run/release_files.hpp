// SPDX-License-Identifier: Apache-2.0
// Which file of a release folder plays which role.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace ingot::run {

/// What to do about files that the statement lists and the folder has not.
enum class Absent { fault, passed_over };

/// Role ("uki", "root-image", "vmlinuz", "initrd", "disk-raw", ...) to path. From the release
/// statement when there is one, else from the names `<image>-<version>.<suffix>`. Only existing
/// regular files directly in the folder; Fault::input when it is no release folder.
std::map<std::string, std::filesystem::path> release_files(const std::filesystem::path& release,
                                                           Absent absent = Absent::fault);

}  // namespace ingot::run
