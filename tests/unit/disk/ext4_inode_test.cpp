// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_inode.hpp"

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

std::vector<std::uint8_t> record_of(std::int64_t mtime, std::int64_t epoch) {
  disk::Ext4Inode inode;
  inode.mode = 0100644;
  inode.uid = 0x12345678;
  inode.mtime = mtime;
  inode.epoch = epoch;
  return disk::inode_record(inode, 12, disk::Ext4Checksum(disk::Guid{}));
}

}  // namespace

TEST_CASE("access, change and birth are the epoch, and older modification times stay") {
  const auto record = record_of(1'600'000'000, 1'700'000'000);
  for (const std::size_t at : {std::size_t{0x08}, std::size_t{0x0c}, std::size_t{0x90}}) {
    CHECK(load_le<std::uint32_t>(record, at) == 1'700'000'000);
  }
  CHECK(load_le<std::uint32_t>(record, 0x10) == 1'600'000'000);
  CHECK(load_le<std::uint32_t>(record_of(1'800'000'000, 1'700'000'000), 0x10) == 1'700'000'000);
  CHECK(load_le<std::uint16_t>(record, 0x02) == 0x5678);
  CHECK(load_le<std::uint16_t>(record, 0x78) == 0x1234);
}

TEST_CASE("times have 34 bits, and what lies outside becomes the nearest") {
  const auto late = record_of(5'000'000'000, 6'000'000'000);
  CHECK(load_le<std::uint32_t>(late, 0x10) == 705'032'704);
  CHECK(load_le<std::uint32_t>(late, 0x88) == 1);
  const auto old = record_of(-10, 1'700'000'000);
  CHECK(load_le<std::uint32_t>(old, 0x10) == 0xfffffff6);
  CHECK(load_le<std::uint32_t>(old, 0x88) == 0);
  CHECK(load_le<std::uint32_t>(record_of(-3'000'000'000, 1), 0x10) == 0x80000000);
}

TEST_CASE("device numbers have two forms") {
  CHECK(load_le<std::uint32_t>(disk::device_field(8, 1), 0) == 0x801);
  CHECK(load_le<std::uint32_t>(disk::device_field(8, 1), 4) == 0);
  CHECK(load_le<std::uint32_t>(disk::device_field(259, 0x12345), 0) == 0);
  CHECK(load_le<std::uint32_t>(disk::device_field(259, 0x12345), 4) == 0x12310345);
  CHECK_THROWS_AS(disk::device_field(4096, 0), Error);
  CHECK_THROWS_AS(disk::device_field(1, 1U << 20), Error);
}
