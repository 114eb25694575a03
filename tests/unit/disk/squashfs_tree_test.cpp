// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_tree.hpp"

#include <set>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

TEST_CASE("folders hold their entries in order of bytes, with counts of links", "[disk]") {
  auto files = test::listed_tree({test::listed_file("a/c"), test::listed_file("a-b"),
                                  test::listed_file("a/b/x"), test::listed_file("\xff")});
  const disk::SquashfsTree tree = disk::squashfs_tree(files);
  REQUIRE(tree.nodes.size() == 7);
  const disk::SquashfsNode& root = tree.nodes[0];
  CHECK(root.number == 1);
  CHECK(root.links == 3);
  REQUIRE(root.entries.size() == 3);
  CHECK(root.entries[0].name == "a");
  CHECK(root.entries[1].name == "a-b");
  CHECK(root.entries[2].name == "\xff");
  const disk::SquashfsNode& a = tree.nodes[root.entries[0].node];
  CHECK(a.links == 3);
  CHECK(a.parent == 0);
  std::set<std::uint32_t> numbers;
  for (const disk::SquashfsNode& node : tree.nodes) numbers.insert(node.number);
  CHECK(*numbers.begin() == 1);
  CHECK(*numbers.rbegin() == 7);
  CHECK(numbers.size() == 7);
}

TEST_CASE("the root comes first also where a name is less than the dot", "[disk]") {
  const auto files = test::listed_tree({test::listed_file("!/a"), test::listed_file("-")});
  REQUIRE(files.front().path == "!");
  const disk::SquashfsTree tree = disk::squashfs_tree(files);
  CHECK(tree.nodes.front().file->path == ".");
  CHECK(tree.nodes.front().number == 1);
  CHECK(tree.nodes.front().entries.size() == 2);
}

TEST_CASE("names of one file are entries of one inode", "[disk]") {
  auto files = test::listed_tree({test::listed_file("x/first"), test::listed_file("y/second")});
  for (archive::ListedFile& file : files)
    if (file.path == "y/second") file.hard_link = "x/first";
  archive::put_in_order(files);
  const disk::SquashfsTree tree = disk::squashfs_tree(files);
  REQUIRE(tree.nodes.size() == 4);
  CHECK(tree.nodes[3].links == 2);
  CHECK(tree.nodes[1].entries[0].node == 3 - 1);
}

TEST_CASE("a list that is no tree is refused", "[disk]") {
  CHECK_THROWS_AS(disk::squashfs_tree({}), Error);
  const std::vector<archive::ListedFile> no_root = {test::listed_file("a")};
  CHECK_THROWS_AS(disk::squashfs_tree(no_root), Error);
  const std::vector<archive::ListedFile> no_folder = {test::listed_folder("."),
                                                      test::listed_file("a/b")};
  CHECK_THROWS_AS(disk::squashfs_tree(no_folder), Error);
  std::vector<archive::ListedFile> no_first = {test::listed_folder("."), test::listed_file("a")};
  no_first[1].hard_link = "b";
  CHECK_THROWS_AS(disk::squashfs_tree(no_first), Error);
}

TEST_CASE("what squashfs cannot hold is refused", "[disk]") {
  auto files = test::listed_tree({test::listed_file("a")});
  archive::ListedFile& file = files[1];
  CHECK_NOTHROW(disk::squashfs_tree(files));
  SECTION("name") { file.path = std::string(257, 'n'); }
  SECTION("owner") { file.uid = std::uint64_t{1} << 32; }
  SECTION("device") { file.device_major = 4096; }
  SECTION("other device") { file.device_minor = 1U << 20; }
  CHECK_THROWS_AS(disk::squashfs_tree(files), Error);
}
