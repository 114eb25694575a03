// SPDX-License-Identifier: Apache-2.0
#include "run/file_check.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::run {
namespace {

/// Calls `work` with 0 to count-1 on all cores; the first exception ends it and is thrown.
void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr failure;
  const auto run = [&] {
    for (std::size_t i = next++; i < count && !failed; i = next++) {
      try {
        work(i);
      } catch (...) {
        if (!failed.exchange(true)) failure = std::current_exception();
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < std::min(cores, count); ++i) threads.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
}

struct stat status_of(const os::Fd& fd, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno("reading " + path.string());
  return status;
}

/// The same descriptor is asked before and after: a file that changes meanwhile is not the one that
/// was hashed.
std::string fault_of(const std::filesystem::path& path, const crypto::FileDigest& expected) {
  const os::Fd fd = open_plain_file(path);
  const struct stat before = status_of(fd, path);
  if (static_cast<std::uint64_t>(before.st_size) != expected.size) {
    return format("has {} bytes, {} were signed", before.st_size, expected.size);
  }
  const crypto::FileDigest found = crypto::measure_fd(fd.get(), path);
  const struct stat after = status_of(fd, path);
  if (found.size != expected.size || after.st_size != before.st_size ||
      after.st_mtim.tv_sec != before.st_mtim.tv_sec ||
      after.st_mtim.tv_nsec != before.st_mtim.tv_nsec) {
    return "changed while it was read";
  }
  if (found.digest != expected.digest) {
    return format("has the digest {}, {} was signed", found.digest.hex(), expected.digest.hex());
  }
  return {};
}

}  // namespace

os::Fd open_plain_file(const std::filesystem::path& path) {
  std::error_code failed;
  const auto status = std::filesystem::symlink_status(path, failed);
  const auto refuse = [&](const char* reason) { throw Error(Fault::verification, reason); };
  using Type = std::filesystem::file_type;
  if (status.type() == Type::not_found) refuse("is missing");
  if (status.type() == Type::symlink) refuse("is a symbolic link");
  if (status.type() == Type::directory) refuse("is a folder");
  if (status.type() != Type::regular) refuse("is no regular file");
  // Whatever it has become since: no link is followed, no pipe waited for.
  os::Fd fd = os::open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!S_ISREG(status_of(fd, path).st_mode)) refuse("is no regular file");
  return fd;
}

void measure_files(const std::filesystem::path& folder, std::vector<ReleaseFile>& files) {
  on_all_cores(files.size(), [&](std::size_t i) {
    ReleaseFile& file = files[i];
    if (file.measured) return;
    const std::filesystem::path path = folder / file.name;
    try {
      file.measured = crypto::measure_fd(open_plain_file(path).get(), path);
    } catch (const Error& error) {
      throw Error(Fault::io, format("{}: {}", path.string(), error.message()));
    }
  });
}

std::vector<std::string> wrong_files(const std::filesystem::path& folder,
                                     const std::vector<ReleaseFile>& files) {
  std::vector<std::string> faults(files.size());
  on_all_cores(files.size(), [&](std::size_t i) {
    try {
      faults[i] = fault_of(folder / files[i].name, *files[i].measured);
    } catch (const Error& error) {
      faults[i] = error.message();
    }
  });
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!faults[i].empty()) lines.push_back(format("{} {}", files[i].name, faults[i]));
  }
  return lines;
}

}  // namespace ingot::run
