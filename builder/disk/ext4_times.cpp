// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_times.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/little_endian.hpp"
#include "disk/crc32.hpp"
#include "disk/place.hpp"

namespace ingot::disk {

namespace {

constexpr std::size_t superblock_at = 1024;
constexpr std::uint64_t block_size = 4096;
constexpr std::uint32_t incompat_meta_bg = 0x10;
constexpr std::uint32_t incompat_64bit = 0x80;
constexpr std::uint32_t incompat_csum_seed = 0x2000;
constexpr std::uint32_t ro_compat_metadata_csum = 0x400;
constexpr std::uint16_t group_without_inodes = 0x1;

// Places of fields in an inode.
constexpr std::size_t access_at = 0x08;
constexpr std::size_t change_at = 0x0c;
constexpr std::size_t modification_at = 0x10;
constexpr std::size_t generation_at = 0x64;
constexpr std::size_t checksum_low_at = 0x7c;
constexpr std::size_t extra_size_at = 0x80;
constexpr std::size_t checksum_high_at = 0x82;
constexpr std::size_t change_extra_at = 0x84;
constexpr std::size_t modification_extra_at = 0x88;
constexpr std::size_t access_extra_at = 0x8c;
constexpr std::size_t birth_at = 0x90;
constexpr std::size_t birth_extra_at = 0x94;

using Span = std::span<std::uint8_t>;

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(Fault::input, "not an ext4 as ingot makes them: " + reason);
}

struct Superblock {
  std::uint64_t blocks = 0;
  std::uint32_t inodes = 0;
  std::uint32_t inodes_per_group = 0;
  std::uint16_t inode_size = 0;
  std::uint16_t descriptor_size = 32;
  bool checksums = false;
  std::uint32_t seed = 0;
};

Superblock read_superblock(int fd, const std::filesystem::path& name, std::uint64_t offset) {
  std::vector<std::uint8_t> raw(1024);
  read_at(fd, name, offset + superblock_at, raw);
  if (load_le<std::uint16_t>(raw, 0x38) != 0xef53) {
    refuse("no magic number");
  }
  const auto incompat = load_le<std::uint32_t>(raw, 0x60);
  Superblock super;
  super.blocks = load_le<std::uint32_t>(raw, 0x4);
  super.inodes = load_le<std::uint32_t>(raw, 0x0);
  super.inodes_per_group = load_le<std::uint32_t>(raw, 0x28);
  super.inode_size = load_le<std::uint16_t>(raw, 0x58);
  if ((incompat & incompat_64bit) != 0) {
    super.descriptor_size = load_le<std::uint16_t>(raw, 0xfe);
    super.blocks |= std::uint64_t{load_le<std::uint32_t>(raw, 0x150)} << 32;
  }
  if ((incompat & incompat_meta_bg) != 0 || load_le<std::uint32_t>(raw, 0x18) != 2) {
    refuse("meta_bg, or blocks of another size than 4 KiB");
  }
  if (super.inodes_per_group == 0 || super.inodes_per_group > block_size * 8 ||
      super.inode_size != 256 || super.descriptor_size < 32 || super.descriptor_size > 64 ||
      super.inodes % super.inodes_per_group != 0 || super.inodes > super.blocks) {
    refuse("sizes of inodes or group descriptors are not possible");
  }
  super.checksums = (load_le<std::uint32_t>(raw, 0x64) & ro_compat_metadata_csum) != 0;
  super.seed = (incompat & incompat_csum_seed) != 0 ? load_le<std::uint32_t>(raw, 0x270)
                                                    : crc32c(~0U, std::span(raw).subspan(0x68, 16));
  return super;
}

/// Two bits beyond the 32 of the time, and nanoseconds, which become zero.
std::uint32_t extra_bits(std::int64_t time) {
  const std::int64_t low = static_cast<std::int32_t>(static_cast<std::uint32_t>(time));
  return static_cast<std::uint32_t>((time - low) >> 32) & 3U;
}

// Reserved inodes may lack the fields behind the first 128 bytes.
bool has(Span inode, std::size_t extra_field) {
  return extra_field + 4 <= 128U + load_le<std::uint16_t>(inode, extra_size_at);
}

void store_time(Span inode, std::size_t at, std::size_t extra_at, std::int64_t time) {
  store_le(inode, at, static_cast<std::uint32_t>(time));
  if (has(inode, extra_at)) {
    store_le(inode, extra_at, extra_bits(time));
  }
}

std::int64_t load_time(Span inode, std::size_t at, std::size_t extra_at) {
  const auto low = static_cast<std::int32_t>(load_le<std::uint32_t>(inode, at));
  const std::uint32_t extra = has(inode, extra_at) ? load_le<std::uint32_t>(inode, extra_at) : 0;
  return low + (std::int64_t{extra & 3U} << 32);
}

void store_checksum(Span inode, const Superblock& super, std::uint32_t number) {
  const bool whole = load_le<std::uint16_t>(inode, extra_size_at) >= 4;
  store_le(inode, checksum_low_at, std::uint16_t{0});
  if (whole) {
    store_le(inode, checksum_high_at, std::uint16_t{0});
  }
  std::array<std::uint8_t, 4> field{};
  store_le(Span(field), 0, number);
  std::uint32_t sum = crc32c(super.seed, field);
  sum = crc32c(sum, inode.subspan(generation_at, 4));
  sum = crc32c(sum, inode);
  store_le(inode, checksum_low_at, static_cast<std::uint16_t>(sum));
  if (whole) {
    store_le(inode, checksum_high_at, static_cast<std::uint16_t>(sum >> 16));
  }
}

void settle_inode(Span inode, const Superblock& super, std::uint32_t number, std::int64_t epoch) {
  // Never used: stays as zero as it is.
  if (std::all_of(inode.begin(), inode.end(), [](std::uint8_t byte) { return byte == 0; })) {
    return;
  }
  const std::int64_t modified = load_time(inode, modification_at, modification_extra_at);
  store_time(inode, modification_at, modification_extra_at, std::min(modified, epoch));
  store_time(inode, access_at, access_extra_at, epoch);
  store_time(inode, change_at, change_extra_at, epoch);
  if (has(inode, birth_at)) {
    store_time(inode, birth_at, birth_extra_at, epoch);
  }
  if (super.checksums) {
    store_checksum(inode, super, number);
  }
}

}  // namespace

void settle_times(int fd, const std::filesystem::path& name, std::uint64_t offset,
                  std::int64_t epoch) {
  const Superblock super = read_superblock(fd, name, offset);
  const std::uint32_t groups = super.inodes / super.inodes_per_group;
  std::vector<std::uint8_t> descriptors(std::size_t{groups} * super.descriptor_size);
  read_at(fd, name, offset + block_size, descriptors);
  for (std::uint32_t group = 0; group < groups; ++group) {
    const auto raw =
        std::span(descriptors)
            .subspan(std::size_t{group} * super.descriptor_size, super.descriptor_size);
    std::uint64_t table = load_le<std::uint32_t>(raw, 0x8);
    std::uint32_t unused = load_le<std::uint16_t>(raw, 0x1c);
    if (super.descriptor_size == 64) {
      table |= std::uint64_t{load_le<std::uint32_t>(raw, 0x28)} << 32;
      unused |= std::uint32_t{load_le<std::uint16_t>(raw, 0x32)} << 16;
    }
    if ((load_le<std::uint16_t>(raw, 0x12) & group_without_inodes) != 0) {
      continue;
    }
    const std::uint64_t table_blocks =
        std::uint64_t{super.inodes_per_group} * super.inode_size / block_size;
    if (unused > super.inodes_per_group || table == 0 || table >= super.blocks ||
        super.blocks - table < table_blocks) {
      refuse(format("the inode table of group {} is outside", group));
    }
    const std::uint32_t used = super.inodes_per_group - unused;
    std::vector<std::uint8_t> inodes(std::size_t{used} * super.inode_size);
    read_at(fd, name, offset + table * block_size, inodes);
    for (std::uint32_t i = 0; i < used; ++i) {
      settle_inode(Span(inodes).subspan(std::size_t{i} * super.inode_size, super.inode_size), super,
                   group * super.inodes_per_group + i + 1, epoch);
    }
    write_at(fd, name, offset + table * block_size, inodes);
  }
}

}  // namespace ingot::disk
