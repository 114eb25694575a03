// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_inode.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"

namespace ingot::disk {

namespace {

constexpr std::uint16_t extra_size = 32;  // of the fields behind the first 128 bytes
constexpr std::size_t attributes_at = 128 + extra_size;
constexpr std::uint64_t sectors_per_block = ext4_block_size / 512;

/// 34 bits, those above the sign of a time with 32 in the "extra" field below its nanoseconds.
std::int64_t within_range(std::int64_t time) {
  constexpr std::int64_t first = std::numeric_limits<std::int32_t>::min();
  return std::clamp(time, first, first + (std::int64_t{1} << 34) - 1);
}

std::uint32_t extra_bits(std::int64_t time) {
  const std::int64_t low = static_cast<std::int32_t>(static_cast<std::uint32_t>(time));
  return static_cast<std::uint32_t>((time - low) >> 32) & 3U;
}

void store_time(std::span<std::uint8_t> record, std::size_t at, std::size_t extra_at,
                std::int64_t time) {
  store_le(record, at, static_cast<std::uint32_t>(time));
  store_le(record, extra_at, extra_bits(time));
}

}  // namespace

std::uint32_t ext4_kind_bits(os::FileKind kind) {
  switch (kind) {
    case os::FileKind::fifo:
      return 0x1000;
    case os::FileKind::character_device:
      return 0x2000;
    case os::FileKind::folder:
      return 0x4000;
    case os::FileKind::block_device:
      return 0x6000;
    case os::FileKind::regular:
      return 0x8000;
    case os::FileKind::link:
      return 0xa000;
    case os::FileKind::socket:
      return 0xc000;
  }
  return 0;
}

std::vector<std::uint8_t> inode_record(const Ext4Inode& inode, std::uint32_t number,
                                       const Ext4Checksum& checksum) {
  std::vector<std::uint8_t> bytes(ext4_inode_size);
  const std::span<std::uint8_t> record(bytes);
  const std::int64_t epoch = within_range(inode.epoch);
  const std::uint64_t sectors = inode.blocks * sectors_per_block;
  store_le(record, 0x00, static_cast<std::uint16_t>(inode.mode));
  store_le(record, 0x02, static_cast<std::uint16_t>(inode.uid));
  store_le(record, 0x04, static_cast<std::uint32_t>(inode.size));
  store_time(record, 0x08, 0x8c, epoch);
  store_time(record, 0x0c, 0x84, epoch);
  store_time(record, 0x10, 0x88, std::min(within_range(inode.mtime), epoch));
  store_le(record, 0x18, static_cast<std::uint16_t>(inode.gid));
  store_le(record, 0x1a, static_cast<std::uint16_t>(inode.links));
  store_le(record, 0x1c, static_cast<std::uint32_t>(sectors));
  store_le(record, 0x20, inode.flags);
  std::copy(inode.block.begin(), inode.block.end(), record.subspan(0x28).begin());
  store_le(record, 0x68, static_cast<std::uint32_t>(inode.attribute_block));
  store_le(record, 0x6c, static_cast<std::uint32_t>(inode.size >> 32));
  store_le(record, 0x74, static_cast<std::uint16_t>(sectors >> 32));
  store_le(record, 0x76, static_cast<std::uint16_t>(inode.attribute_block >> 32));
  store_le(record, 0x78, static_cast<std::uint16_t>(inode.uid >> 16));
  store_le(record, 0x7a, static_cast<std::uint16_t>(inode.gid >> 16));
  store_le(record, 0x80, extra_size);
  store_time(record, 0x90, 0x94, epoch);
  std::copy(inode.attributes.begin(), inode.attributes.end(),
            record.subspan(attributes_at, inode.attributes.size()).begin());
  const std::uint32_t sum = checksum.of_inode(number, record);
  store_le(record, 0x7c, static_cast<std::uint16_t>(sum));
  store_le(record, 0x82, static_cast<std::uint16_t>(sum >> 16));
  return bytes;
}

Ext4BlockField device_field(std::uint64_t major, std::uint64_t minor) {
  Ext4BlockField field{};
  const std::span<std::uint8_t> bytes(field);
  if (major < 256 && minor < 256) {
    store_le(bytes, 0, static_cast<std::uint32_t>(major << 8 | minor));
  } else if (major < (1U << 12) && minor < (1U << 20)) {
    store_le(bytes, 4,
             static_cast<std::uint32_t>((minor & 0xffU) | major << 8 | (minor & ~0xffULL) << 12));
  } else {
    throw Error(Fault::input,
                format("ext4 has no place for a device with the numbers {}, {}", major, minor));
  }
  return field;
}

}  // namespace ingot::disk
