// SPDX-License-Identifier: Apache-2.0
#include "disk/verity.hpp"

#include <fcntl.h>

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "crypto/hasher.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

const std::string salt_hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

disk::VeritySpec sample() {
  return {.salt = Sha256::from_hex(salt_hex),
          .uuid = disk::Guid::from_text("12345678-9abc-def0-1234-56789abcdef0"),
          .workers = 0};
}

/// Every byte depends on its place, so that a block in the wrong place has another hash.
std::string sample_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<char>((i * 31 + i / 4096 * 7 + i / 1048576) & 0xff);
  }
  return bytes;
}

struct Written {
  disk::Verity verity;
  std::string bytes;
};

Written written(const std::string& content, const disk::VeritySpec& spec = sample()) {
  const os::TempDir folder("verity");
  const std::filesystem::path path = folder.path() / "image";
  os::write_file(path, content);
  const os::Fd fd = os::open_file(path, O_RDWR);
  const disk::Verity verity = disk::append_verity(fd.get(), path, spec);
  return {verity, os::read_file(path)};
}

}  // namespace

TEST_CASE("root hashes are those of veritysetup for the same data, salt and UUID") {
  struct Known {
    std::uint64_t blocks;
    const char* root_hash;
    const char* rest;  // SHA-256 of superblock and tree
  };
  // One block has no tree; 128 fill one block of the tree; 16385 need a third level.
  const Known known =
      GENERATE(Known{1, "0bb6371cc35406942b379389dbc18ef6550e4a373c0ceb7dc61d9aa22c041866",
                     "d3b6ab6a32c0257f403ef3f25574f730a3ef2fb6560dacd8b844c44b147a654c"},
               Known{2, "eeb09268767d08fdcd3e71f4b70312725a422f2203baab0b024c87a8a5e50a44",
                     "921a0543454a15030a709aa29cdcbfa888f9814aef4788fd1e03075e1ebd3bba"},
               Known{128, "c32b8bb70f7dd1c99084f9d16ad24efe875e92657cb8bc1c92124aeca237061e",
                     "1aa6ecebce5131051bb3258ecfe03b0cf5d9e175f0e8993bb9e804f11676265c"},
               Known{129, "1bc4adbd6d6725e540e25aaf2534299b993535a30e0948f5df318165b2fd357c",
                     "00138695cd6455d6c9fc1398aefa795b9187a58665a501f5fdbdbbbfc1c2ad86"},
               Known{16385, "58be0267bc6dd84d3073a6946bbbdeb80f9917430caa354629eeb71b1ff86d0e",
                     "08585b0bff7c84841cd1fac1b24dcd09c139d6ec220ac6e412822c16d8597957"});
  const std::string content = sample_bytes(known.blocks * 4096);
  const Written made = written(content);
  CHECK(made.verity.root_hash.hex() == known.root_hash);
  CHECK(made.verity.data_blocks == known.blocks);
  CHECK(made.verity.hash_offset == content.size());
  CHECK(made.verity.size == made.bytes.size());
  CHECK(made.verity.size == content.size() + disk::verity_size(known.blocks));
  const std::string_view all = made.bytes;
  CHECK(all.substr(0, content.size()) == content);
  CHECK(crypto::digest_of(all.substr(content.size())).hex() == known.rest);
}

TEST_CASE("the tree depends on no number of workers") {
  const std::string content = sample_bytes(1000 * 4096);
  disk::VeritySpec spec = sample();
  spec.workers = 1;
  const std::string one = written(content, spec).bytes;
  for (const unsigned workers : {2U, 3U, 7U, 64U}) {
    spec.workers = workers;
    CHECK(written(content, spec).bytes == one);
  }
}

TEST_CASE("data that ends inside a block is filled with zeros first") {
  const Written made = written(sample_bytes(4097));
  CHECK(made.verity.hash_offset == 8192);
  CHECK(made.verity.data_blocks == 2);
  CHECK(made.bytes == written(sample_bytes(4097) + std::string(4095, '\0')).bytes);
}

TEST_CASE("another byte, another salt give another root hash") {
  std::string content = sample_bytes(300 * 4096);
  const Sha256 first = written(content).verity.root_hash;
  disk::VeritySpec spec = sample();
  spec.salt = Sha256{};
  CHECK(written(content, spec).verity.root_hash != first);
  content.back() = static_cast<char>(content.back() ^ 1);
  CHECK(written(content).verity.root_hash != first);
}

TEST_CASE("a superblock holds its fields where cryptsetup reads them") {
  const std::vector<std::uint8_t> block = disk::verity_superblock(sample(), 77);
  REQUIRE(block.size() == 4096);
  CHECK(std::string(block.begin(), block.begin() + 8) == std::string("verity\0\0", 8));
  CHECK(load_le<std::uint32_t>(block, 8) == 1);
  CHECK(load_le<std::uint32_t>(block, 12) == 1);
  CHECK(block[16] == 0x12);  // the UUID in the order of its text
  CHECK(block[31] == 0xf0);
  CHECK(std::string(block.begin() + 32, block.begin() + 39) == std::string("sha256\0", 7));
  CHECK(load_le<std::uint64_t>(block, 72) == 77);
  CHECK(load_le<std::uint16_t>(block, 80) == 32);
  CHECK(block[88 + 31] == 0x1f);
}

TEST_CASE("there is no tree over nothing") {
  const os::TempDir folder("verity");
  const std::filesystem::path path = folder.path() / "image";
  os::write_file(path, "");
  const os::Fd fd = os::open_file(path, O_RDWR);
  CHECK_THROWS_AS(disk::append_verity(fd.get(), path, sample()), Error);
}
