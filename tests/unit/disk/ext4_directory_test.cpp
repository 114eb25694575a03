// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_directory.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/little_endian.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

const auto seed = disk::Guid::from_text("11111111-2222-4333-8444-666666666666");

std::vector<disk::DirectoryRecord> records_of(const std::vector<std::string>& names) {
  std::vector<disk::DirectoryRecord> records;
  std::uint32_t inode = 12;
  for (const std::string& name : names) {
    records.push_back({name, inode++, os::FileKind::regular});
  }
  return records;
}

/// The names of one block of records, which must fill it up to its checksum.
std::vector<std::string> names_of(std::span<const std::uint8_t> block) {
  std::vector<std::string> names;
  std::size_t at = 0;
  while (at < 4096 - 12) {
    const auto size = load_le<std::uint16_t>(block, at + 4);
    REQUIRE(size >= 8);
    if (load_le<std::uint32_t>(block, at) != 0) {
      names.emplace_back(reinterpret_cast<const char*>(block.data()) + at + 8, block[at + 6]);
    }
    at += size;
  }
  REQUIRE(at == 4096 - 12);
  REQUIRE(block[4096 - 12 + 7] == 0xde);
  return names;
}

}  // namespace

TEST_CASE("a small folder is one block of records") {
  const std::vector<std::string> names = {"a", std::string(255, 'x'), "\xff\xfe"};
  const disk::Ext4Directory directory(records_of(names), seed);
  CHECK(directory.blocks() == 1);
  CHECK_FALSE(directory.indexed());
  const auto bytes = directory.bytes({12, 2}, disk::Ext4Checksum(seed));
  CHECK(names_of(bytes) ==
        std::vector<std::string>{".", "..", "a", std::string(255, 'x'), "\xff\xfe"});
}

TEST_CASE("lost+found has its blocks from the beginning") {
  const disk::Ext4Directory directory({}, seed, 4);
  const auto bytes = directory.bytes({11, 2}, disk::Ext4Checksum(seed));
  REQUIRE(bytes.size() == 4 * 4096);
  CHECK(names_of(std::span(bytes).subspan(3 * 4096)).empty());
}

TEST_CASE("a large folder is a hash tree with every name in one leaf") {
  std::vector<std::string> names;
  for (int i = 0; i < 70'000; ++i) {
    names.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i % 200), 'n'));
  }
  const disk::Ext4Directory directory(records_of(names), seed);
  REQUIRE(directory.indexed());
  const auto bytes = directory.bytes({12, 2}, disk::Ext4Checksum(seed));
  REQUIRE(bytes.size() == std::size_t{directory.blocks()} * 4096);
  const std::span<const std::uint8_t> all(bytes);
  CHECK(all[2 * 12 + 6] == 1);  // a level between
  const auto nodes = load_le<std::uint16_t>(all, 34);
  std::set<std::string> found;
  for (std::size_t block = 1U + nodes; block < directory.blocks(); ++block) {
    for (const std::string& name : names_of(all.subspan(block * 4096, 4096))) found.insert(name);
  }
  CHECK(found == std::set<std::string>(names.begin(), names.end()));
}

TEST_CASE("one name more than a block holds makes an index") {
  std::vector<std::string> names;
  for (int i = 0; i < 338; ++i) names.push_back(std::to_string(1000 + i));  // 12 bytes each
  CHECK(disk::Ext4Directory(records_of(names), seed).blocks() == 1);
  names.push_back("9999");
  const disk::Ext4Directory directory(records_of(names), seed);
  CHECK(directory.indexed());
  CHECK(directory.blocks() == 2);
}
