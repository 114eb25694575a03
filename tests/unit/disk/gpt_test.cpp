// SPDX-License-Identifier: Apache-2.0
#include "disk/gpt.hpp"

#include <random>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "crypto/hasher.hpp"
#include "disk/crc32.hpp"
#include "disk/layout.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

disk::GptTable sample() {
  return disk::plan_layout({.size = 1_GiB, .esp_size = 128_MiB, .seed = Sha256{}}).table;
}

std::string reason(const disk::GptBytes& bytes, std::uint64_t sectors) {
  try {
    disk::decode_gpt(bytes.front, bytes.back, sectors);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    return error.message();
  }
  return "accepted";
}

/// Makes the checksum of a changed header right again, as an attacker would.
void seal(std::vector<std::uint8_t>& bytes, std::size_t at) {
  const std::span<std::uint8_t> header = std::span(bytes).subspan(at, 92);
  store_le(header, 16, std::uint32_t{0});
  store_le(header, 16, disk::crc32(header));
}

}  // namespace

TEST_CASE("a table reads back as it was written") {
  const disk::GptTable table = sample();
  const disk::GptBytes bytes = disk::encode_gpt(table);
  CHECK(bytes.front.size() == 34 * 512);
  CHECK(bytes.back.size() == 33 * 512);
  CHECK(disk::decode_gpt(bytes.front, bytes.back, table.sectors) == table);
}

TEST_CASE("the bytes of a table never change") {
  const disk::GptBytes bytes = disk::encode_gpt(sample());
  CHECK(crypto::digest_of(bytes.front).hex() ==
        "78e7cdcc31cb670fd1dcf5828dbff1b06f02ef14eafc3f3b454fa896eb2add7e");
  CHECK(crypto::digest_of(bytes.back).hex() ==
        "51b56e016be771aaeb92f015f2f28cda1b68addce0184782bc1c1ef058617bd8");
}

TEST_CASE("the backup header lies on the last sector and names the first one") {
  const disk::GptTable table = sample();
  const disk::GptBytes bytes = disk::encode_gpt(table);
  const std::size_t header = 32 * 512;
  CHECK(load_le<std::uint64_t>(bytes.back, header + 24) == table.sectors - 1);
  CHECK(load_le<std::uint64_t>(bytes.back, header + 32) == 1);
  CHECK(load_le<std::uint64_t>(bytes.back, header + 72) == table.sectors - 33);
}

TEST_CASE("impossible tables are not written") {
  disk::GptTable table = sample();
  SECTION("overlap") { table.partitions[1].first.number -= 1; }
  SECTION("over the backup") { table.partitions[1].last.number = table.sectors - 33; }
  SECTION("over the primary") { table.partitions[0].first.number = 33; }
  SECTION("ends before it starts") { table.partitions[0].last.number = 2047; }
  SECTION("same id") { table.partitions[1].id = table.partitions[0].id; }
  SECTION("no type") { table.partitions[1].type = disk::Guid{}; }
  SECTION("long name") { table.partitions[1].name = std::string(37, 'n'); }
  SECTION("name with a newline") { table.partitions[1].name = "a\nb"; }
  SECTION("too many") { table.partitions.resize(129); }
  SECTION("tiny disk") { table.sectors = 67; }
  CHECK_THROWS_AS(disk::encode_gpt(table), Error);
}

TEST_CASE("a damaged table is refused with the reason") {
  const disk::GptTable table = sample();
  disk::GptBytes bytes = disk::encode_gpt(table);
  const std::uint64_t sectors = table.sectors;
  SECTION("one bit of the primary header") {
    bytes.front[512 + 60] ^= 1;
    CHECK(reason(bytes, sectors).find("checksum") != std::string::npos);
  }
  SECTION("one bit of an entry of the backup") {
    bytes.back[200] ^= 1;
    CHECK(reason(bytes, sectors).find("backup header has entries") != std::string::npos);
  }
  SECTION("a moved image: the backup is for another place") {
    CHECK(reason(bytes, sectors + 8).find("primary header does not name") != std::string::npos);
  }
  SECTION("copies that differ") {
    disk::GptTable other = table;
    other.partitions[1].name = "other";
    bytes.back = disk::encode_gpt(other).back;
    CHECK(reason(bytes, sectors).find("copies differ") != std::string::npos);
  }
  SECTION("an entry count out of bounds") {
    store_le(std::span(bytes.front), 512 + 80, std::uint32_t{0xffffffff});
    seal(bytes.front, 512);
    CHECK(reason(bytes, sectors).find("128 entries") != std::string::npos);
  }
  SECTION("no protective boot record") {
    bytes.front[446 + 4] = 0x83;
    CHECK(reason(bytes, sectors).find("protective") != std::string::npos);
  }
  SECTION("cut off") {
    bytes.front.resize(512);
    CHECK(reason(bytes, sectors).find("cut off") != std::string::npos);
  }
}

TEST_CASE("random bytes in a table never do harm") {
  const disk::GptTable table = sample();
  const disk::GptBytes whole = disk::encode_gpt(table);
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    disk::GptBytes bytes = whole;
    for (int i = 0; i < 8; ++i) {
      bytes.front[512 + random() % 600] = static_cast<std::uint8_t>(random());
    }
    seal(bytes.front, 512);
    reason(bytes, table.sectors);
  }
}
