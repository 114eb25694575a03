// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_metadata.hpp"

#include "base/little_endian.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

std::vector<std::uint8_t> noise(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::uint32_t state = 1;
  for (std::uint8_t& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

}  // namespace

TEST_CASE("metadata is cut into blocks of 8 KiB, each behind its size", "[disk]") {
  disk::SquashfsMetadata table(3);
  table.append(std::vector<std::uint8_t>(8191, 'a'));
  CHECK(table.place().block == 0);
  CHECK(table.place().offset == 8191);
  table.append(std::vector<std::uint8_t>(3, 'a'));
  const disk::MetadataPlace place = table.place();
  CHECK(place.offset == 2);
  const auto& bytes = table.finish();
  const auto first = load_le<std::uint16_t>(bytes, 0);
  CHECK(first < 100);
  CHECK(place.block == first + 2U);
  CHECK(place.reference() == (place.block << 16) + 2);
  CHECK(table.blocks() == std::vector<std::uint64_t>{0, place.block});
  CHECK(bytes.size() == place.block + 2 + (load_le<std::uint16_t>(bytes, place.block) & 0x7fff));
}

TEST_CASE("metadata that does not get smaller is stored as it is", "[disk]") {
  disk::SquashfsMetadata table(3);
  table.append(noise(8192));
  CHECK(table.place().offset == 0);
  CHECK(table.place().block == 8194);
  const auto& bytes = table.finish();
  CHECK(load_le<std::uint16_t>(bytes, 0) == (0x8000 | 8192));
  CHECK(std::vector<std::uint8_t>(bytes.begin() + 2, bytes.end()) == noise(8192));
  CHECK(table.blocks().size() == 1);
}

TEST_CASE("a table of nothing has no blocks", "[disk]") {
  disk::SquashfsMetadata table(3);
  CHECK(table.finish().empty());
  CHECK(table.blocks().empty());
}
