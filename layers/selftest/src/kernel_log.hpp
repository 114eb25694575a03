// SPDX-License-Identifier: Apache-2.0
// What the kernel says while something is tried.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "file.hpp"

namespace ingot::selftest {

/// Opened before the trial; `since()` then gives the messages that came after.
class KernelLog {
public:
  explicit KernelLog(const std::filesystem::path& device);
  /// Whether the log can be read at all (it takes privilege).
  bool readable() const noexcept { return static_cast<bool>(file_); }
  std::vector<std::string> since();

private:
  Fd file_;
};

/// The message of a record of /dev/kmsg, "6,1234,5678,-;text\n KEY=value".
std::string message_of(std::string_view record);

}  // namespace ingot::selftest
