// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_xattr.hpp"

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("small attributes lie in the inode, others in a block") {
  const auto small = disk::ext4_attributes({{"user.note", "kept"}});
  CHECK(small.in_inode.size() == 96);
  CHECK(small.block.empty());
  CHECK(small.in_inode[4] == 4);  // length of the name
  CHECK(small.in_inode[5] == 1);  // of a user
  CHECK(load_le<std::uint16_t>(small.in_inode, 6) == 96 - 4 - 4);
  const auto large = disk::ext4_attributes({{"trusted.a", std::string(500, 'v')}});
  CHECK(large.in_inode.empty());
  REQUIRE(large.block.size() == 4096);
  CHECK(large.block[33] == 4);
}

TEST_CASE("an access list is stored in ext4's own form") {
  RecordWriter given;
  given.u32(2);
  given.u16(1).u16(7).u32(0xffffffff);
  given.u16(2).u16(5).u32(1000);
  given.u16(0x20).u16(5).u32(0xffffffff);
  const std::string value(given.bytes().begin(), given.bytes().end());
  const auto stored = disk::ext4_attributes({{"system.posix_acl_access", value}});
  const std::span<const std::uint8_t> all(stored.in_inode);
  CHECK(load_le<std::uint32_t>(all, 12) == 4 + 4 + 8 + 4);
  const std::size_t at = 4U + load_le<std::uint16_t>(all, 6);
  CHECK(load_le<std::uint32_t>(all, at) == 1);
  CHECK(load_le<std::uint16_t>(all, at + 8) == 2);
  CHECK(load_le<std::uint32_t>(all, at + 12) == 1000);
  CHECK(load_le<std::uint16_t>(all, at + 16) == 0x20);
  CHECK_THROWS_AS(disk::ext4_attributes({{"system.posix_acl_access", "short"}}), Error);
}

TEST_CASE("attributes that ext4 cannot hold are refused") {
  CHECK_THROWS_AS(disk::ext4_attributes({{"user.a", std::string(5000, 'v')}}), Error);
  CHECK_THROWS_AS(disk::ext4_attributes({{"system.other", "v"}}), Error);
  CHECK_THROWS_AS(disk::ext4_attributes({{"user.", "v"}}), Error);
  std::map<std::string, std::string> many;
  for (int i = 0; i < 200; ++i) many["user.attribute" + std::to_string(i)] = "0123456789";
  CHECK_THROWS_AS(disk::ext4_attributes(many), Error);
}
