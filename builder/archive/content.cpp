// SPDX-License-Identifier: Apache-2.0
#include "archive/content.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::archive {
namespace {

[[noreturn]] void changed(const ListedFile& file, std::uint64_t found) {
  throw Error(Fault::io, format("{} changed after it was listed: {} bytes were there, {} are now",
                                escaped_path(file.path), file.size, found));
}

}  // namespace

OpenContent content_below(const std::filesystem::path& root) {
  return [root](const ListedFile& file) {
    return os::open_file(root / file.path, O_RDONLY | O_NOFOLLOW);
  };
}

os::Fd open_content(const OpenContent& open, const ListedFile& file) {
  os::Fd fd = open(file);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno("cannot read " + escaped_path(file.path));
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size != file.size) changed(file, size);
  return fd;
}

void read_content(const os::Fd& fd, const ListedFile& file, std::uint64_t offset,
                  std::span<std::uint8_t> buffer) {
  while (!buffer.empty()) {
    const ssize_t got = ::pread(fd.get(), buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno("cannot read " + escaped_path(file.path));
    if (got == 0) changed(file, offset);
    offset += static_cast<std::uint64_t>(got);
    buffer = buffer.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace ingot::archive
