// SPDX-License-Identifier: Apache-2.0
#include "run/release_formats.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ingot::run {
namespace {

constexpr std::array<std::string_view, 9> told_of_a_release = {
    "agreement", "checksums", "disk-description", "file-list", "lock",
    "log",       "packages",  "public-key",       "timings"};

bool is_format(std::string_view role) {
  return std::find(told_of_a_release.begin(), told_of_a_release.end(), role) ==
         told_of_a_release.end();
}

}  // namespace

std::map<std::string, FormatFile> release_formats(const ReleaseTree& release) {
  std::map<std::string, FormatFile> formats;
  if (release.statement) {
    for (const ReleaseFile& file : release.statement->files)
      if (is_format(file.role))
        formats.emplace(file.role,
                        FormatFile{file.name, file.measured->size, file.measured->digest});
    return formats;
  }
  for (const auto& [role, path] : release.parts)
    if (is_format(role))
      formats.emplace(role, FormatFile{path.filename().string(), std::filesystem::file_size(path),
                                       std::nullopt});
  return formats;
}

}  // namespace ingot::run
