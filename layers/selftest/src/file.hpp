// SPDX-License-Identifier: Apache-2.0
// Reading and writing files with limits: nothing here trusts a size, a type or a link.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::selftest {

using Octets = std::span<const std::byte>;

/// Owns a file descriptor.
class Fd {
public:
  Fd() = default;
  explicit Fd(int number) noexcept : number_(number) {}
  Fd(Fd&& other) noexcept : number_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }
  int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }
  int release() noexcept;
  void reset() noexcept;

private:
  int number_ = -1;
};

/// The text of an errno value, the same in every locale.
std::string text_of_errno(int number);

/// The whole file, or nothing when there is none. Throws Broken when it cannot be read, is no
/// regular file, or is longer than `limit`.
std::optional<std::string> read_text(const std::filesystem::path& path,
                                     std::size_t limit = std::size_t{16} << 20);
/// The first line without its end; nothing when the file is absent or unreadable.
std::optional<std::string> first_line(const std::filesystem::path& path);
/// As read_text, but an absent file throws too.
std::string require_text(const std::filesystem::path& path,
                         std::size_t limit = std::size_t{16} << 20);

std::vector<std::string> lines_of(std::string_view text);
std::vector<std::string> words_of(std::string_view text);
std::string_view trimmed(std::string_view text);
/// Names in a folder, sorted; empty when there is none.
std::vector<std::string> names_in(const std::filesystem::path& folder);

/// A regular file in memory, read by the kernel page by page as it is touched.
class Mapping {
public:
  explicit Mapping(const std::filesystem::path& path);
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();
  Octets bytes() const noexcept;

private:
  void* start_ = nullptr;
  std::size_t size_ = 0;
};

Octets octets_of(std::string_view text) noexcept;
std::string hex_of(Octets bytes);

/// Replaces `path` in one step; a reader sees the old file or the whole new one.
void write_whole(const std::filesystem::path& path, std::string_view text);

}  // namespace ingot::selftest
