// SPDX-License-Identifier: Apache-2.0
// What tells cheaply that nobody has written to a file since.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace ingot::os {

struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t seconds = 0;  ///< of the last change of its content
  std::int64_t nanoseconds = 0;

  bool operator==(const FileStamp&) const = default;
};

/// Nothing when there is no regular file of that name. Fault::io when nobody can tell.
std::optional<FileStamp> file_stamp(const std::filesystem::path& path);

/// "SECONDS.NANOSECONDS", the latter with nine digits.
std::string time_text(const FileStamp& stamp);

/// Notes by its time of change that the file is of use now, for last_use(): file systems are free
/// to note readings or not. Failing, as on read-only ones, is no error: then it counts as unused.
void note_use(const std::filesystem::path& path) noexcept;

/// Seconds since 1970; 0 when nobody can tell.
std::int64_t last_use(const std::filesystem::path& path) noexcept;

}  // namespace ingot::os
