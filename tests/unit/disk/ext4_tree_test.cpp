// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_tree.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

namespace {

Fault fault_of(std::vector<archive::ListedFile> files) {
  try {
    archive::put_in_order(files);
    disk::ext4_tree(files, 0);
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::internal;
}

}  // namespace

TEST_CASE("inodes are numbered as listed, behind root and lost+found") {
  std::vector files = {test::listed_folder(".")};
  files.push_back(test::listed_folder("etc"));
  files.push_back(test::listed_file("etc/a", 0));
  files.push_back(test::listed_file("-first", 0));
  auto second = test::listed_file("etc/b", 0);
  second.hard_link = "etc/a";
  files.push_back(second);
  archive::put_in_order(files);
  const disk::Ext4Tree tree = disk::ext4_tree(files, 5);
  REQUIRE(tree.nodes.size() == 5);
  CHECK(tree.nodes[0].inode == 2);
  CHECK(tree.nodes[0].links == 4);  // its own two, etc, lost+found
  CHECK(tree.nodes[0].records.size() == 3);
  CHECK(tree.nodes[1].inode == 11);
  CHECK(tree.nodes[1].file->mode == 0700);
  CHECK(tree.nodes[2].file->path == "-first");
  CHECK(tree.nodes[2].inode == 12);
  CHECK(tree.nodes[3].records.size() == 2);
  CHECK(tree.nodes[3].records[0].inode == tree.nodes[3].records[1].inode);
  CHECK(tree.nodes[4].links == 2);
}

TEST_CASE("a tree may have a lost+found of its own") {
  std::vector files = {test::listed_folder(".")};
  files.push_back(test::listed_folder("lost+found"));
  files.push_back(test::listed_file("lost+found/x", 0));
  const disk::Ext4Tree tree = disk::ext4_tree(files, 5);
  CHECK(tree.nodes.size() == 3);
  CHECK(tree.nodes[1].file == &files[1]);
  CHECK(tree.nodes[0].links == 3);
}

TEST_CASE("what ext4 does not have is refused") {
  std::vector files = {test::listed_folder(".")};
  SECTION("no root") { files.clear(); }
  SECTION("a name of 256 bytes") { files.push_back(test::listed_file(std::string(256, 'n'), 0)); }
  SECTION("a file in no folder") { files.push_back(test::listed_file("a/b", 0)); }
  SECTION("a file in a file") {
    files.push_back(test::listed_file("a", 0));
    files.push_back(test::listed_file("a/b", 0));
  }
  SECTION("a file called lost+found") { files.push_back(test::listed_file("lost+found", 0)); }
  SECTION("a path that leaves the tree") { files.push_back(test::listed_file("..", 0)); }
  SECTION("an owner of more than 32 bits") {
    files.push_back(test::listed_file("a", 0));
    files.back().uid = 1ULL << 32;
  }
  SECTION("a link without target") { files.push_back(test::listed_link("a", "")); }
  SECTION("a link with too much of it") {
    files.push_back(test::listed_link("a", ""));
    files.back().target = std::string(4096, 't');
  }
  SECTION("65001 names") {
    for (int i = 0; i <= 65000; ++i) {
      files.push_back(test::listed_file(std::to_string(1'000'000 + i), 0));
      if (i > 0) files.back().hard_link = "1000000";
    }
  }
  CHECK(fault_of(files) == Fault::input);
}

TEST_CASE("more subfolders than links can count are counted as one") {
  std::vector files = {test::listed_folder(".")};
  for (int i = 0; i < 64'998; ++i) {
    files.push_back(test::listed_folder(std::to_string(1'000'000 + i)));
  }
  archive::put_in_order(files);
  CHECK(disk::ext4_tree(files, 0).nodes[0].links == 1);
  files.pop_back();
  CHECK(disk::ext4_tree(files, 0).nodes[0].links == 65'000);
}
