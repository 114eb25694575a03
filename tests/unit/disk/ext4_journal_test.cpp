// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_journal.hpp"

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("an empty journal is a superblock in big-endian") {
  const auto block = disk::journal_superblock(
      16384, disk::Guid::from_text("11111111-2222-4333-8444-555555555555"));
  REQUIRE(block.size() == 4096);
  const std::vector<std::uint8_t> head(block.begin(), block.begin() + 0x20);
  CHECK(head == std::vector<std::uint8_t>{0xc0, 0x3b, 0x39, 0x98, 0, 0, 0, 4,    0, 0, 0,
                                          0,    0,    0,    0x10, 0, 0, 0, 0x40, 0, 0, 0,
                                          0,    1,    0,    0,    0, 1, 0, 0,    0, 0});
  CHECK(block[0x30] == 0x11);
  CHECK(block[0x43] == 1);
}
