// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_inodes.hpp"

#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

namespace {

constexpr std::uint32_t block = 131072;

struct Made {
  std::vector<archive::ListedFile> files;
  disk::SquashfsTree tree;
  disk::SquashfsPlan plan;
  disk::SquashfsInodes inodes;
  std::uint64_t root;

  explicit Made(std::vector<archive::ListedFile> some, std::uint64_t start = 96)
      : files(test::listed_tree(std::move(some))),
        tree(disk::squashfs_tree(files)),
        plan(disk::plan_squashfs(tree, block)),
        inodes(tree, plan, 3, 1'700'000'000),
        root(place_blocks(start)) {}

  std::uint64_t place_blocks(std::uint64_t start) {
    for (disk::SquashfsContent& content : plan.contents) {
      content.start = start;
      content.blocks.assign((content.blocks_size + block - 1) / block, 500);
    }
    return inodes.write();
  }
};

/// Of the last block of inodes: it tells which kinds of them there are.
std::size_t unpacked_size(const Made& made) { return made.inodes.inodes().place().offset; }

constexpr std::size_t folder_size = 32;
constexpr std::size_t file_size = 32;
constexpr std::size_t large_file_size = 56;

}  // namespace

TEST_CASE("inodes are as small as what they tell allows", "[disk]") {
  CHECK(unpacked_size(Made({})) == folder_size);
  CHECK(unpacked_size(Made({test::listed_file("a", 10)})) == folder_size + file_size);
  CHECK(unpacked_size(Made({test::listed_file("a", 3 * block)})) ==
        folder_size + file_size + 3 * 4);
  CHECK(unpacked_size(Made({test::listed_link("a", "there")})) == folder_size + 16 + 8 + 5);
}

TEST_CASE("a block behind 4 GiB, holes, attributes and links need a larger inode", "[disk]") {
  CHECK(unpacked_size(Made({test::listed_file("a", block)}, 0xffffffffULL)) ==
        folder_size + file_size + 4);
  CHECK(unpacked_size(Made({test::listed_file("a", block)}, 0x100000000ULL)) ==
        folder_size + large_file_size + 4);
  auto with_xattr = test::listed_file("a", 0);
  with_xattr.xattrs = {{"user.a", "b"}};
  CHECK(unpacked_size(Made({with_xattr})) == folder_size + large_file_size);
  with_xattr.xattrs = {{"system.posix_acl_access", "b"}};
  CHECK(unpacked_size(Made({with_xattr})) == folder_size + file_size);
  auto again = test::listed_file("b", 10);
  again.hard_link = "a";
  CHECK(unpacked_size(Made({test::listed_file("a", 10), again})) == folder_size + large_file_size);
}

TEST_CASE("the root is the last inode, and owners are told once", "[disk]") {
  std::vector<archive::ListedFile> files;
  for (unsigned i = 0; i < 5; ++i) {
    files.push_back(test::listed_file("f" + std::to_string(i), 0));
    files.back().uid = 1000 + i % 2;
    files.back().gid = 1000;
  }
  const Made made(files);
  CHECK(made.root == 5 * file_size);
  CHECK(made.inodes.ids() == std::vector<std::uint32_t>{1000, 1001, 0});
}

TEST_CASE("a folder of many blocks has an index", "[disk]") {
  std::vector<archive::ListedFile> files;
  for (unsigned i = 0; i < 2000; ++i)
    files.push_back(test::listed_file("file" + std::to_string(10000 + i), 0));
  Made made(files);
  // 2000 inodes fill seven blocks and a part; the root with its index stands behind them.
  CHECK((made.root & 0xffff) == 2000 * file_size % disk::SquashfsMetadata::block_size);
  const std::size_t left = unpacked_size(made) - (made.root & 0xffff);
  CHECK(left > folder_size + 8);
  made.inodes.folders().finish();
  const std::size_t blocks = made.inodes.folders().blocks().size();
  CHECK(blocks == 5);
  // One row for each block in which a group of 256 entries begins, but the first: not the last.
  CHECK(left == 40 + 3 * (12 + 9));
}
