// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_times.hpp"

#include <random>

#include <fcntl.h>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "disk/place.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

std::vector<std::uint8_t> superblock() {
  std::vector<std::uint8_t> raw(64 * 1024);
  const std::span<std::uint8_t> super = std::span(raw).subspan(1024, 1024);
  store_le(super, 0x0, std::uint32_t{16});   // inodes
  store_le(super, 0x4, std::uint32_t{16});   // blocks
  store_le(super, 0x18, std::uint32_t{2});   // blocks of 4 KiB
  store_le(super, 0x28, std::uint32_t{16});  // inodes per group
  store_le(super, 0x38, std::uint16_t{0xef53});
  store_le(super, 0x58, std::uint16_t{256});
  store_le(std::span(raw), 4096 + 0x8, std::uint32_t{2});  // inode table in block 2
  return raw;
}

void settle(const std::vector<std::uint8_t>& raw, std::vector<std::uint8_t>* result = nullptr) {
  const os::TempDir folder("times");
  const auto path = folder.path() / "fs";
  const os::Fd fd = os::open_file(path, O_RDWR | O_CREAT);
  disk::write_at(fd.get(), path, 0, raw);
  disk::settle_times(fd.get(), path, 0, 1'700'000'000);
  if (result != nullptr) {
    result->resize(raw.size());
    disk::read_at(fd.get(), path, 0, *result);
  }
}

}  // namespace

TEST_CASE("times are set to the epoch, and older modification times stay") {
  std::vector<std::uint8_t> raw = superblock();
  const std::span<std::uint8_t> inode = std::span(raw).subspan(8192, 256);
  store_le(inode, 0, std::uint16_t{0100644});
  store_le(inode, 0x08, std::uint32_t{1'500'000'000});
  store_le(inode, 0x10, std::uint32_t{1'600'000'000});
  store_le(inode, 0x80, std::uint16_t{32});
  store_le(inode, 0x88, std::uint32_t{0x1234});  // nanoseconds
  std::vector<std::uint8_t> result;
  settle(raw, &result);
  const std::span<const std::uint8_t> settled = std::span(result).subspan(8192, 256);
  for (const std::size_t at : {std::size_t{0x08}, std::size_t{0x0c}, std::size_t{0x90}}) {
    CHECK(load_le<std::uint32_t>(settled, at) == 1'700'000'000);
  }
  CHECK(load_le<std::uint32_t>(settled, 0x10) == 1'600'000'000);
  CHECK(load_le<std::uint32_t>(settled, 0x88) == 0);
  // An inode that was never used stays zero.
  CHECK(load_le<std::uint32_t>(result, 8192 + 256 + 0x08) == 0);
}

TEST_CASE("a foreign or damaged file system is refused") {
  std::vector<std::uint8_t> raw = superblock();
  const std::span<std::uint8_t> super = std::span(raw).subspan(1024, 1024);
  SECTION("no magic") { store_le(super, 0x38, std::uint16_t{0}); }
  SECTION("meta_bg") { store_le(super, 0x60, std::uint32_t{0x10}); }
  SECTION("no inodes in a group") { store_le(super, 0x28, std::uint32_t{0}); }
  SECTION("large inodes") { store_le(super, 0x58, std::uint16_t{1024}); }
  SECTION("table outside") { store_le(std::span(raw), 4096 + 8, std::uint32_t{16}); }
  SECTION("more unused inodes than there are") {
    store_le(std::span(raw), 4096 + 0x1c, std::uint16_t{17});
  }
  CHECK_THROWS_AS(settle(raw), Error);
}

TEST_CASE("random superblocks never do harm") {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::uint8_t> raw = superblock();
    for (int i = 0; i < 4; ++i) raw[1024 + random() % 0x160] = static_cast<std::uint8_t>(random());
    store_le(std::span(raw), 1024 + 0x38, std::uint16_t{0xef53});
    try {
      settle(raw);
    } catch (const Error&) {
    }
  }
}
