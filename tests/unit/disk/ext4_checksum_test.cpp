// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_checksum.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace ingot;

// What mke2fs wrote into the descriptors of a file system with this id.
TEST_CASE("bitmaps have the checksums that mke2fs gives them") {
  const disk::Ext4Checksum checksum(disk::Guid::from_text("11111111-2222-4333-8444-555555555555"));
  const std::vector<std::uint8_t> full(4096, 0xff);
  CHECK(checksum.of_bitmap(full) == 0x8818f320);
  CHECK(checksum.of_bitmap(std::span(full).first(1024)) == 0xd2d462e1);
}

TEST_CASE("equal bytes of different inodes have different checksums") {
  const disk::Ext4Checksum checksum(disk::Guid{});
  CHECK(checksum.seed_of(12) != checksum.seed_of(13));
  const std::vector<std::uint8_t> bytes(256);
  CHECK(checksum.of_inode(12, bytes) != checksum.of_inode(13, bytes));
  CHECK(checksum.of_attributes(1, bytes) != checksum.of_attributes(2, bytes));
  CHECK(checksum.of_descriptor(1, bytes) != checksum.of_descriptor(2, bytes));
}
