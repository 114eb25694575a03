// SPDX-License-Identifier: Apache-2.0
#include "agreement/root_folder.hpp"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::agreement {
namespace {

namespace fs = std::filesystem;

// The kernel's own name of what a descriptor stands for.
std::string name_of(const os::Fd& fd, const fs::path& path) {
  std::array<char, 4097> buffer{};
  const std::string link = format("/proc/self/fd/{}", fd.get());
  const ssize_t length = ::readlink(link.c_str(), buffer.data(), buffer.size());
  if (length < 0) throw_errno("cannot tell where " + path.string() + " leads");
  return std::string(buffer.data(), static_cast<std::size_t>(length));
}

}  // namespace

RootFolder::RootFolder(fs::path path)
    : path_(std::move(path)), root_(os::open_file(path_, O_PATH | O_DIRECTORY)) {}

os::Fd RootFolder::open(std::string_view path, std::uint64_t flags) const {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const std::string name(path);
  for (;;) {
    os::Fd fd(
        static_cast<int>(::syscall(SYS_openat2, root_.get(), name.c_str(), &how, sizeof how)));
    if (fd) return fd;
    if (errno == EINTR || errno == EAGAIN) continue;
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG) return {};
    throw_errno("cannot open " + (path_ / fs::path(name).relative_path()).string());
  }
}

std::optional<std::string> RootFolder::read(std::string_view path, std::uint64_t limit) const {
  const os::Fd place = open(path, O_PATH);
  if (!place) return std::nullopt;
  struct stat status {};
  if (::fstat(place.get(), &status) != 0) throw_errno("cannot read " + std::string(path));
  // Opening a device or a pipe could do or wait for anything.
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  const auto too_large = [&] {
    return Error(Fault::verification, format("/{} is larger than {} bytes", path, limit));
  };
  if (static_cast<std::uint64_t>(status.st_size) > limit) throw too_large();
  const os::Fd file = open(path, O_RDONLY);
  if (!file) return std::nullopt;
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno("cannot read /" + std::string(path));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  content.resize(filled);
  return content;
}

std::optional<std::string> RootFolder::resolved(std::string_view path) const {
  const os::Fd place = open(path, O_PATH);
  if (!place) return std::nullopt;
  std::string end = name_of(place, path_);
  const std::string root = name_of(root_, path_);
  if (!end.starts_with(root)) {
    throw Error(Fault::internal,
                "a path in " + path_.string() + " leads out of it; a bug in ingot");
  }
  end.erase(0, root.size());
  while (end.starts_with('/')) end.erase(0, 1);
  return end;
}

}  // namespace ingot::agreement
