// SPDX-License-Identifier: Apache-2.0
#include "os/place.hpp"

#include <cerrno>

#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::os {

void read_at(int fd, const std::filesystem::path& name, std::uint64_t offset,
             std::span<std::uint8_t> buffer) {
  while (!buffer.empty()) {
    const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      throw_errno(format("cannot read {}", name.string()));
    }
    if (got == 0) {
      throw Error(Fault::input,
                  format("{} ends at byte {}, in the middle of a record", name.string(), offset));
    }
    offset += static_cast<std::uint64_t>(got);
    buffer = buffer.subspan(static_cast<std::size_t>(got));
  }
}

void write_at(int fd, const std::filesystem::path& name, std::uint64_t offset,
              std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put < 0) {
      throw_errno(format("cannot write {}", name.string()));
    }
    offset += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

}  // namespace ingot::os
