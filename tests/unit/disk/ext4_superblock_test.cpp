// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_superblock.hpp"

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

disk::Ext4Superblock sample() {
  disk::Ext4Superblock super;
  super.id = disk::Guid::from_text("11111111-2222-4333-8444-555555555555");
  super.label = "root";
  super.epoch = 1'700'000'000;
  super.free_blocks = (1ULL << 32) + 5;
  return super;
}

}  // namespace

TEST_CASE("a superblock tells sizes, features, ids and times") {
  const auto record = disk::superblock_record(sample(), disk::ext4_geometry(2_GiB), 0);
  REQUIRE(record.size() == 1024);
  CHECK(load_le<std::uint32_t>(record, 0x00) == 131072);  // inodes
  CHECK(load_le<std::uint32_t>(record, 0x04) == 524288);  // blocks
  CHECK(load_le<std::uint32_t>(record, 0x08) == 5242);    // kept for root
  CHECK(load_le<std::uint32_t>(record, 0x0c) == 5);
  CHECK(load_le<std::uint32_t>(record, 0x158) == 1);
  CHECK(load_le<std::uint16_t>(record, 0x3a) == 1);  // clean
  CHECK(load_le<std::uint32_t>(record, 0x5c) == 0x3c);
  CHECK(load_le<std::uint32_t>(record, 0x60) == 0x2c2);
  CHECK(load_le<std::uint32_t>(record, 0x64) == 0x46b);
  CHECK(load_le<std::uint32_t>(record, 0x108) == 1'700'000'000);
  CHECK(load_le<std::uint32_t>(record, 0x14c) == 64U << 20);  // the journal
  CHECK(load_le<std::uint32_t>(record, 0x248) == 26150);      // overhead
  CHECK(load_le<std::uint32_t>(record, 1020) == disk::superblock_checksum(record));
}

TEST_CASE("a copy of the superblock names its group and asks for a check") {
  const auto record = disk::superblock_record(sample(), disk::ext4_geometry(2_GiB), 9);
  CHECK(load_le<std::uint16_t>(record, 0x5a) == 9);
  CHECK(load_le<std::uint16_t>(record, 0x3a) == 0);
}

TEST_CASE("a descriptor says which bitmaps need not be read") {
  const disk::Ext4Geometry geometry = disk::ext4_geometry(2_GiB);
  const disk::Ext4Checksum checksum(disk::Guid{});
  disk::Ext4GroupUse use;
  use.free_inodes = geometry.inodes_per_group;
  use.blocks_in_use = false;
  const auto unused = disk::descriptor_record(use, geometry, 3, checksum);
  REQUIRE(unused.size() == 64);
  CHECK(load_le<std::uint16_t>(unused, 0x12) == 7);
  CHECK(load_le<std::uint32_t>(unused, 0x08) == 1825);
  use.free_inodes = 8000;
  use.blocks_in_use = true;
  const auto used = disk::descriptor_record(use, geometry, 3, checksum);
  CHECK(load_le<std::uint16_t>(used, 0x12) == 4);
  CHECK(load_le<std::uint16_t>(used, 0x1c) == 8000);
}

TEST_CASE("a label of more than 16 bytes is refused") {
  disk::Ext4Superblock super = sample();
  super.label = "seventeen letters";
  CHECK_THROWS_AS(disk::superblock_record(super, disk::ext4_geometry(2_GiB), 0), Error);
}
