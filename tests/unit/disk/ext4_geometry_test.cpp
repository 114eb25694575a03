// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_geometry.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("two GiB have the tables that mke2fs gives them") {
  const disk::Ext4Geometry geometry = disk::ext4_geometry(2_GiB);
  CHECK(geometry.blocks == 524288);
  CHECK(geometry.groups == 16);
  CHECK(geometry.inodes_per_group == 8192);
  CHECK(geometry.descriptor_blocks == 1);
  CHECK(geometry.reserved_blocks == 255);
  CHECK(geometry.journal_blocks == 16384);
  CHECK(geometry.block_bitmap_of(0) == 257);
  CHECK(geometry.inode_bitmap_of(0) == 273);
  CHECK(geometry.inode_table_of(0) == 289);
  CHECK(geometry.inode_table_of(3) == 1825);
  CHECK(geometry.blocks - geometry.free_blocks() + geometry.journal_blocks == 26150);
}

TEST_CASE("copies of the superblock lie in groups 0, 1 and powers of 3, 5 and 7") {
  std::vector<std::uint32_t> groups;
  for (std::uint32_t group = 0; group < 130; ++group) {
    if (disk::has_superblock(group)) groups.push_back(group);
  }
  CHECK(groups == std::vector<std::uint32_t>{0, 1, 3, 5, 7, 9, 25, 27, 49, 81, 125});
}

TEST_CASE("tables lie apart and inside, whatever the size") {
  for (std::uint64_t mib = 16; mib < 20'000'000; mib += 1 + mib / 7) {
    const disk::Ext4Geometry geometry = disk::ext4_geometry({mib << 20});
    INFO(mib);
    std::uint64_t end = 0;
    for (const disk::BlockRun& run : geometry.tables) {
      REQUIRE(run.first >= end);
      end = run.end();
    }
    REQUIRE(end <= geometry.blocks);
    REQUIRE(geometry.reserved_blocks <= 1024);
    REQUIRE(geometry.inodes() <= 0xffffffffU);
    if (mib > 16'000'000) break;
  }
}

TEST_CASE("a rest too small for a group of its own stays unused") {
  CHECK(disk::ext4_geometry({(128_MiB).count + 4096}).blocks == 32768);
  CHECK(disk::ext4_geometry({(128_MiB).count + (8_MiB).count}).groups == 2);
}

TEST_CASE("sizes beyond the format are refused") {
  CHECK_THROWS_AS(disk::ext4_geometry({100}), Error);
  CHECK_THROWS_AS(disk::ext4_geometry({16ULL << 40}), Error);
}

TEST_CASE("the smallest size holds what was asked for, and none smaller does") {
  for (std::uint64_t blocks = 10'000; blocks < 40'000'000; blocks += 1 + blocks / 9) {
    const Bytes size = disk::smallest_ext4(blocks, 100);
    const auto room = [](Bytes of) {
      const disk::Ext4Geometry geometry = disk::ext4_geometry(of);
      return geometry.free_blocks() - geometry.journal_blocks;
    };
    INFO(blocks);
    CHECK(room(size) >= blocks);
    for (std::uint64_t less = 1; less < 20; ++less) {
      CHECK(room({size.count - (less << 20)}) < blocks);
    }
  }
  const disk::Ext4Geometry many = disk::ext4_geometry(disk::smallest_ext4(10, 1'000'000));
  CHECK(many.inodes() >= 1'000'011);
}
