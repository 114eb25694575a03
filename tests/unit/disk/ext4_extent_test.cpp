// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_extent.hpp"

#include "base/little_endian.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("four runs fit into the inode") {
  const std::vector<disk::BlockRun> runs = {{100, 5}, {(1ULL << 32) + 7, 32768}};
  CHECK(disk::extent_tree_blocks(runs) == 0);
  const disk::ExtentTree tree = disk::extent_tree(runs, {}, 1);
  const std::span<const std::uint8_t> root(tree.root);
  CHECK(load_le<std::uint16_t>(root, 0) == 0xf30a);
  CHECK(load_le<std::uint16_t>(root, 2) == 2);
  CHECK(load_le<std::uint16_t>(root, 6) == 0);
  CHECK(load_le<std::uint32_t>(root, 24) == 5);      // block of the file
  CHECK(load_le<std::uint16_t>(root, 28) == 32768);  // length
  CHECK(load_le<std::uint16_t>(root, 30) == 1);      // place
  CHECK(load_le<std::uint32_t>(root, 32) == 7);
}

TEST_CASE("more extents make a tree of as many blocks as were counted") {
  const std::vector<disk::BlockRun> five = {{0, 5ULL * 32768}};
  CHECK(disk::extent_tree_blocks(five) == 1);
  std::vector<disk::BlockRun> runs;
  for (std::uint64_t i = 0; i < 2000; ++i) runs.push_back({i * 10, 1});
  const std::uint64_t blocks = disk::extent_tree_blocks(runs);
  CHECK(blocks == 6 + 1);
  std::vector<std::uint64_t> places;
  for (std::uint64_t i = 0; i < blocks; ++i) places.push_back(100'000 + i);
  const disk::ExtentTree tree = disk::extent_tree(runs, places, 1);
  CHECK(tree.blocks.size() == blocks * 4096);
  CHECK(load_le<std::uint16_t>(tree.root, 6) == 2);         // levels below
  CHECK(load_le<std::uint32_t>(tree.root, 16) == 100'006);  // the only entry
  CHECK(load_le<std::uint16_t>(tree.blocks, 6 * 4096 + 2) == 6);
  CHECK(load_le<std::uint32_t>(tree.blocks, 6 * 4096 + 24) == 340);
}
