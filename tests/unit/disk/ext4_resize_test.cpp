// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_resize.hpp"

#include "base/little_endian.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("the resize inode owns the reserved blocks of every copy") {
  const disk::Ext4Geometry geometry = disk::ext4_geometry(2_GiB);
  const auto map = disk::resize_map(geometry);
  CHECK(load_le<std::uint32_t>(map, 0) == 0);  // the descriptors that are there
  CHECK(load_le<std::uint32_t>(map, 4) == 2);
  CHECK(load_le<std::uint32_t>(map, 255 * 4) == 256);
  CHECK(load_le<std::uint32_t>(map, 256 * 4) == 0);
  const auto blocks = disk::reserved_blocks(geometry);
  REQUIRE(blocks.size() == 255 * 4096);
  CHECK(load_le<std::uint32_t>(blocks, 0) == 32770);  // groups 1, 3, 5, 7, 9
  CHECK(load_le<std::uint32_t>(blocks, 4) == 98306);
  CHECK(load_le<std::uint32_t>(blocks, 254 * 4096 + 16) == 295168);
  CHECK(load_le<std::uint32_t>(blocks, 254 * 4096 + 20) == 0);
  const disk::Ext4Inode inode = disk::resize_inode(geometry, 8486, 0);
  CHECK(inode.blocks * 8 == 12248);
  CHECK(inode.size == 4'299'210'752);
  CHECK(load_le<std::uint32_t>(inode.block, 52) == 8486);
}

TEST_CASE("slots go round when there are more descriptor blocks than addresses") {
  const disk::Ext4Geometry geometry = disk::ext4_geometry({9ULL << 40});
  REQUIRE(geometry.descriptor_blocks == 1152);
  REQUIRE(geometry.reserved_blocks == 896);
  const auto map = disk::resize_map(geometry);
  CHECK(load_le<std::uint32_t>(map, 128 * 4) == 1153);
  CHECK(load_le<std::uint32_t>(map, 0) == 0);
}
