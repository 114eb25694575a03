// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_checksum.hpp"

#include <array>

#include "base/little_endian.hpp"
#include "disk/crc32.hpp"

namespace ingot::disk {

namespace {

template <class Unsigned>
std::uint32_t continued(std::uint32_t sum, Unsigned value) {
  std::array<std::uint8_t, sizeof(Unsigned)> bytes{};
  store_le(std::span<std::uint8_t>(bytes), 0, value);
  return crc32c(sum, bytes);
}

}  // namespace

Ext4Checksum::Ext4Checksum(const Guid& file_system)
    : seed_(crc32c(~0U, file_system.text_bytes())) {}

std::uint32_t Ext4Checksum::of_bitmap(std::span<const std::uint8_t> bytes) const {
  return crc32c(seed_, bytes);
}

std::uint16_t Ext4Checksum::of_descriptor(std::uint32_t group,
                                          std::span<const std::uint8_t> record) const {
  return static_cast<std::uint16_t>(crc32c(continued(seed_, group), record));
}

std::uint32_t Ext4Checksum::of_inode(std::uint32_t inode,
                                     std::span<const std::uint8_t> record) const {
  return crc32c(seed_of(inode), record);
}

std::uint32_t Ext4Checksum::of_attributes(std::uint64_t block,
                                          std::span<const std::uint8_t> bytes) const {
  return crc32c(continued(seed_, block), bytes);
}

std::uint32_t Ext4Checksum::seed_of(std::uint32_t inode) const {
  constexpr std::uint32_t generation = 0;  // of every inode of a fresh file system
  return continued(continued(seed_, inode), generation);
}

std::uint32_t superblock_checksum(std::span<const std::uint8_t> record) {
  return crc32c(~0U, record.first(record.size() - 4));
}

}  // namespace ingot::disk
