// SPDX-License-Identifier: Apache-2.0
#include "fetch/partial.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/error.hpp"

namespace ingot::fetch {

void Partial::open() {
  fd_ = os::open_file(path_, O_RDWR | O_CREAT | O_NOFOLLOW, 0644);
  hasher_.emplace();
  size_ = 0;
  std::vector<std::uint8_t> buffer(1U << 18);
  while (const std::size_t count = os::read_some(fd_.get(), buffer, path_)) {
    size_ += count;
    if (size_ > limit_.count) return restart();
    hasher_->update(std::span<const std::uint8_t>(buffer).first(count));
  }
}

void Partial::close() {
  fd_.reset();
  hasher_.reset();
}

void Partial::restart() {
  if (::ftruncate(fd_.get(), 0) != 0 || ::lseek(fd_.get(), 0, SEEK_SET) != 0)
    throw_errno("cannot empty " + path_.string());
  hasher_.emplace();
  size_ = 0;
}

void Partial::discard() {
  close();
  size_ = 0;
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT)
    throw_errno("cannot remove " + path_.string());
}

bool Partial::append(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > limit_.count - size_) return false;
  os::write_all(fd_.get(), bytes, path_);
  hasher_->update(bytes);
  size_ += bytes.size();
  return true;
}

Sha256 Partial::finish() { return hasher_->finish(); }

}  // namespace ingot::fetch
