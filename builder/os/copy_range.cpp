// SPDX-License-Identifier: Apache-2.0
#include "os/copy_range.hpp"

#include <cerrno>

#include <algorithm>
#include <array>
#include <vector>

#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::os {
namespace {

[[noreturn]] void ended(const Stretch& from) {
  throw Error(Fault::io, format("{} ends before byte {}", from.name.string(), from.offset));
}

/// The ways in which a file system or an old kernel says that it cannot.
bool is_refusal(int number) {
  constexpr std::array<int, 7> refusals{EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EPERM, ETXTBSY, EBADF};
  return std::find(refusals.begin(), refusals.end(), number) != refusals.end();
}

void write_there(const Stretch& to, std::uint64_t offset, const std::uint8_t* bytes,
                 std::size_t size) {
  while (size != 0) {
    const ssize_t put = ::pwrite(to.fd, bytes, size, static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw_errno(format("cannot write {}", to.name.string()));
    bytes += put;
    offset += static_cast<std::uint64_t>(put);
    size -= static_cast<std::size_t>(put);
  }
}

void copy_by_hand(Stretch from, Stretch to, std::uint64_t size) {
  std::vector<std::uint8_t> buffer(
      static_cast<std::size_t>(std::min<std::uint64_t>(size, 1 << 20)));
  while (size != 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
    const ssize_t got = ::pread(from.fd, buffer.data(), wanted, static_cast<off_t>(from.offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_errno(format("cannot read {}", from.name.string()));
    if (got == 0) ended(from);
    const auto count = static_cast<std::size_t>(got);
    write_there(to, to.offset, buffer.data(), count);
    from.offset += count;
    to.offset += count;
    size -= count;
  }
}

}  // namespace

void copy_range(const Stretch& from, const Stretch& to, std::uint64_t size) {
  Stretch source = from;
  Stretch target = to;
  while (size != 0) {
    auto in = static_cast<off_t>(source.offset);
    auto out = static_cast<off_t>(target.offset);
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, 1U << 30));
    const ssize_t got = ::copy_file_range(source.fd, &in, target.fd, &out, wanted, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && is_refusal(errno)) return copy_by_hand(source, target, size);
    if (got < 0) {
      throw_errno(format("cannot copy from {} to {}", source.name.string(), target.name.string()));
    }
    // Some file systems say 0 where they only cannot; reading tells.
    if (got == 0) return copy_by_hand(source, target, size);
    source.offset += static_cast<std::uint64_t>(got);
    target.offset += static_cast<std::uint64_t>(got);
    size -= static_cast<std::uint64_t>(got);
  }
}

}  // namespace ingot::os
