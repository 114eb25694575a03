// SPDX-License-Identifier: Apache-2.0
#include "os/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace ingot::os {
namespace {

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string read_opened(const Fd& fd, const std::filesystem::path& path, std::uint64_t limit) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno("cannot read " + path.string());
  if (!S_ISREG(status.st_mode)) {
    throw Error(Fault::io, "cannot read " + path.string() + ": not a regular file");
  }
  std::string content;
  content.reserve(std::min<std::uint64_t>(static_cast<std::uint64_t>(status.st_size), limit));
  std::array<std::uint8_t, 65536> buffer{};
  // The size is only a hint: files of /proc have none, and others grow.
  for (;;) {
    const std::size_t got = read_some(fd.get(), buffer, path);
    if (got == 0) return content;
    if (got > limit - content.size()) {
      throw Error(Fault::input,
                  path.string() + " is larger than " + human(Bytes{limit}) + ", the limit for it");
    }
    content.append(reinterpret_cast<const char*>(buffer.data()), got);
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const Fd fd = open_file(folder, O_RDONLY | O_DIRECTORY);
  if (::fsync(fd.get()) != 0) throw_errno("cannot sync " + folder.string());
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

void make_folders(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    throw Error(Fault::io, "cannot make folder " + folder.string() + ": " + failed.message());
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::uint64_t limit) {
  // O_NONBLOCK: opening a pipe by mistake must not wait for its writer.
  return read_opened(open_file(path, O_RDONLY | O_NONBLOCK), path, limit);
}

std::optional<std::string> read_file_if_any(const std::filesystem::path& path,
                                            std::uint64_t limit) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw_errno("cannot open " + path.string());
  }
  return read_opened(fd, path, limit);
}

void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  AtomicFile file(path, mode);
  file.write(content);
  file.commit();
}

AtomicFile::AtomicFile(std::filesystem::path target, unsigned mode) : target_(std::move(target)) {
  make_folders(folder_of(target_));
  std::string name =
      (folder_of(target_) / ("." + target_.filename().string() + ".XXXXXX")).string();
  fd_ = Fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd_) throw_errno("cannot make a new file beside " + target_.string());
  temporary_ = name;
  if (::fchmod(fd_.get(), static_cast<mode_t>(mode)) != 0) {
    const int reason = errno;
    ::unlink(temporary_.c_str());
    throw_errno("cannot set the mode of " + temporary_.string(), reason);
  }
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)) {}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::string_view bytes) { write(as_bytes(bytes)); }

void AtomicFile::write(std::span<const std::uint8_t> bytes) {
  write_all(fd_.get(), bytes, target_);
}

void AtomicFile::commit(Durable durable) {
  if (durable == Durable::yes && ::fsync(fd_.get()) != 0) {
    throw_errno("cannot sync " + target_.string());
  }
  // Network file systems report a failed write only here.
  if (::close(fd_.release()) != 0 && errno != EINTR)
    throw_errno("cannot write " + target_.string());
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) {
    throw_errno("cannot rename " + temporary_.string() + " to " + target_.string());
  }
  temporary_.clear();
  if (durable == Durable::yes) sync_folder(folder_of(target_));
}

TempDir::TempDir(std::string_view prefix, std::filesystem::path parent) {
  if (parent.empty()) {
    std::error_code failed;
    parent = std::filesystem::temp_directory_path(failed);
    if (failed) {
      throw Error(Fault::environment, "no folder for temporary files: " + failed.message() +
                                          "; set TMPDIR to an existing folder");
    }
  }
  make_folders(parent);
  std::string name = (parent / (std::string(prefix) + "-XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw_errno("cannot make a temporary folder in " + parent.string());
  }
  path_ = name;
}

TempDir::TempDir(TempDir&& other) noexcept : path_(other.keep()) {}

TempDir::~TempDir() {
  if (path_.empty()) return;
  try {
    remove_tree(path_);
  } catch (...) {
    // Nobody can act on it here; what is left lies in a folder for temporary files.
  }
}

std::filesystem::path TempDir::keep() noexcept {
  return std::exchange(path_, std::filesystem::path{});
}

}  // namespace ingot::os
