// SPDX-License-Identifier: Apache-2.0
#include "file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "broken.hpp"

namespace ingot::selftest {

namespace fs = std::filesystem;

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    number_ = other.release();
  }
  return *this;
}

int Fd::release() noexcept { return std::exchange(number_, -1); }

void Fd::reset() noexcept {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

std::string text_of_errno(int number) { return std::generic_category().message(number); }

namespace {

// O_NONBLOCK: a FIFO planted where a file should be must not hang the reader.
Fd open_file(const fs::path& path) {
  return Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
}

bool absent(int number) { return number == ENOENT || number == ENOTDIR; }

std::string read_all(const Fd& file, const fs::path& path, std::size_t limit) {
  std::string text;
  std::string block(65536, '\0');
  for (;;) {
    const ssize_t count = ::read(file.get(), block.data(), block.size());
    if (count < 0) {
      if (errno == EINTR) continue;
      throw Broken(path.string() + " cannot be read: " + text_of_errno(errno));
    }
    if (count == 0) return text;
    text.append(block, 0, static_cast<std::size_t>(count));
    if (text.size() > limit) {
      throw Broken(path.string() + " is longer than " + std::to_string(limit) + " bytes");
    }
  }
}

}  // namespace

std::optional<std::string> read_text(const fs::path& path, std::size_t limit) {
  const Fd file = open_file(path);
  if (!file) {
    if (absent(errno)) return std::nullopt;
    throw Broken(path.string() + " cannot be opened: " + text_of_errno(errno));
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw Broken(path.string() + " is not a regular file");
  }
  return read_all(file, path, limit);
}

std::optional<std::string> first_line(const fs::path& path) {
  try {
    const auto text = read_text(path);
    if (!text) return std::nullopt;
    return text->substr(0, text->find('\n'));
  } catch (const Broken&) {
    return std::nullopt;
  }
}

std::string require_text(const fs::path& path, std::size_t limit) {
  auto text = read_text(path, limit);
  if (!text) throw Broken(path.string() + " is missing");
  return *std::move(text);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::vector<std::string> words_of(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  std::vector<std::string> words;
  for (;;) {
    const auto start = text.find_first_not_of(space);
    if (start == std::string_view::npos) return words;
    text.remove_prefix(start);
    const auto end = std::min(text.find_first_of(space), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  const auto start = text.find_first_not_of(space);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(space) - start + 1);
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Mapping::Mapping(const fs::path& path) {
  const Fd file = open_file(path);
  if (!file) throw Broken(path.string() + " cannot be opened: " + text_of_errno(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw Broken(path.string() + " is not a regular file");
  }
  size_ = static_cast<std::size_t>(status.st_size);
  if (size_ == 0) return;
  void* start = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.get(), 0);
  if (start == MAP_FAILED) {
    throw Broken(path.string() + " cannot be mapped: " + text_of_errno(errno));
  }
  start_ = start;
}

Mapping::~Mapping() {
  if (start_ != nullptr) ::munmap(start_, size_);
}

Octets Mapping::bytes() const noexcept {
  return {static_cast<const std::byte*>(start_), start_ == nullptr ? 0 : size_};
}

Octets octets_of(std::string_view text) noexcept {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string hex_of(Octets bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    const auto value = std::to_integer<unsigned>(byte);
    text += digits[value >> 4U];
    text += digits[value & 15U];
  }
  return text;
}

void write_whole(const fs::path& path, std::string_view text) {
  const std::string part = path.string() + ".part";
  Fd file(::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file) throw Broken(part + " cannot be made: " + text_of_errno(errno));
  while (!text.empty()) {
    const ssize_t count = ::write(file.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int number = errno;
      ::unlink(part.c_str());
      throw Broken(part + " cannot be written: " + text_of_errno(number));
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.get()) != 0 || ::rename(part.c_str(), path.c_str()) != 0) {
    const int number = errno;
    ::unlink(part.c_str());
    throw Broken(path.string() + " cannot be written: " + text_of_errno(number));
  }
}

}  // namespace ingot::selftest
