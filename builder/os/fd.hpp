// SPDX-License-Identifier: Apache-2.0
// Owner of a file descriptor, and reads and writes that finish or throw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

namespace ingot::os {

class Fd {
public:
  Fd() = default;
  explicit Fd(int fd) noexcept : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }
  void reset() noexcept;

private:
  int fd_ = -1;
};

/// Opens with O_CLOEXEC added; throws Fault::io naming the path.
Fd open_file(const std::filesystem::path& path, int flags, unsigned mode = 0644);

/// Writes all of `bytes`, through short writes and EINTR.
void write_all(int fd, std::span<const std::uint8_t> bytes, const std::filesystem::path& name);

/// Reads up to `buffer.size()` bytes; 0 only at the end of the file.
std::size_t read_some(int fd, std::span<std::uint8_t> buffer, const std::filesystem::path& name);

}  // namespace ingot::os
