// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_content.hpp"

#include <algorithm>
#include <cerrno>
#include <span>

#include <unistd.h>

#include "disk/ext4_geometry.hpp"

namespace ingot::disk {

namespace {

// Where the system is asked for holes: below, asking costs more than reading.
constexpr std::uint64_t least_hole = 1U << 20;

/// The next byte at or behind `at` that is not in a hole; `end` when there is none before.
std::uint64_t next_content(int fd, std::uint64_t at, std::uint64_t end) {
  const off_t found = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
  if (found < 0) return errno == ENXIO ? end : at;  // others: the file system knows no holes
  return std::min(end, static_cast<std::uint64_t>(found));
}

}  // namespace

void ContentReader::open(const archive::ListedFile& file) {
  if (current_ == &file) return;
  fd_ = archive::open_content(open_, file);
  current_ = &file;
}

void ContentReader::copy(const archive::ListedFile& file, std::uint64_t from, std::uint64_t size,
                         BlockStream& stream, std::uint64_t offset) {
  open(file);
  const std::uint64_t content_end = std::min(from + size, file.size);
  const std::uint64_t end = from + size;
  while (from < end) {
    if (end - from >= least_hole) {
      const std::uint64_t content = next_content(fd_.get(), from, end);
      const std::uint64_t hole = (content - from) / ext4_block_size * ext4_block_size;
      from += hole;
      offset += hole;
      if (hole != 0) continue;
    }
    const std::span<std::uint8_t> place = stream.next(offset, end - from);
    const std::uint64_t present =
        content_end > from ? std::min<std::uint64_t>(place.size(), content_end - from) : 0;
    archive::read_content(fd_, file, from, place.first(present));
    std::fill(place.begin() + static_cast<std::ptrdiff_t>(present), place.end(), std::uint8_t{0});
    from += place.size();
    offset += place.size();
  }
}

}  // namespace ingot::disk
