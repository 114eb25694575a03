// SPDX-License-Identifier: Apache-2.0
#include "kernel_log.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace ingot::selftest {

KernelLog::KernelLog(const std::filesystem::path& device)
    : file_(::open(device.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  if (file_ && ::lseek(file_.get(), 0, SEEK_END) < 0) file_.reset();
}

std::vector<std::string> KernelLog::since() {
  std::vector<std::string> messages;
  std::array<char, 8192> record{};
  constexpr std::size_t most = 10000;
  while (file_ && messages.size() < most) {
    const ssize_t count = ::read(file_.get(), record.data(), record.size());
    // EPIPE: records were overwritten before we came; the next read goes on behind the gap.
    if (count < 0 && (errno == EPIPE || errno == EINTR)) continue;
    if (count <= 0) break;
    messages.push_back(
        message_of(std::string_view(record.data(), static_cast<std::size_t>(count))));
  }
  return messages;
}

std::string message_of(std::string_view record) {
  const auto start = record.find(';');
  if (start != std::string_view::npos) record.remove_prefix(start + 1);
  return std::string(record.substr(0, record.find('\n')));
}

}  // namespace ingot::selftest
