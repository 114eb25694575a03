// SPDX-License-Identifier: Apache-2.0
#include "guest/disk_format.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/fd.hpp"

namespace ingot::guest {
namespace {

// QEMU's docs/interop/qcow2.txt: all fields are big-endian.
constexpr std::array<std::uint8_t, 4> qcow2_magic = {'Q', 'F', 'I', 0xfb};
constexpr std::size_t version_at = 4;
constexpr std::size_t backing_at = 8;
constexpr std::size_t incompatible_at = 72;
constexpr std::size_t header_size = 104;
constexpr std::uint64_t external_content = 1U << 2;

std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

}  // namespace

std::string_view name_of(DiskFormat format) noexcept {
  return format == DiskFormat::qcow2 ? "qcow2" : "raw";
}

DiskFormat disk_format_of(const std::filesystem::path& disk) {
  const os::Fd fd = os::open_file(disk, O_RDONLY);
  std::array<std::uint8_t, header_size> header{};
  std::size_t got = 0;
  while (got < header.size()) {
    const std::size_t count = os::read_some(fd.get(), std::span(header).subspan(got), disk);
    if (count == 0) break;
    got += count;
  }
  if (!std::equal(qcow2_magic.begin(), qcow2_magic.end(), header.begin())) return DiskFormat::raw;
  const std::span<const std::uint8_t> bytes(header);
  const std::uint64_t version = big_endian(bytes.subspan(version_at, 4));
  const std::uint64_t features = version >= 3 ? big_endian(bytes.subspan(incompatible_at, 8)) : 0;
  if (big_endian(bytes.subspan(backing_at, 8)) != 0 || (features & external_content) != 0) {
    throw Error(Fault::verification,
                format("{} is a qcow2 that takes content from other files; make a whole one with: "
                       "qemu-img convert",
                       disk.string()));
  }
  return DiskFormat::qcow2;
}

}  // namespace ingot::guest
