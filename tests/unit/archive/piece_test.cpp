// SPDX-License-Identifier: Apache-2.0
#include "archive/piece.hpp"

#include <fcntl.h>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

Sha256 key(std::uint8_t number) { return Sha256({number}); }

std::vector<archive::Piece> sample() {
  return {{key(9), 96, 10, {4, 0, 6}}, {key(2), 106, 0, {}}, {key(5), 200, 1ULL << 40, {7}}};
}

/// The bytes themselves in place of a digest, as far as they fit.
Sha256 first_bytes(std::span<const std::uint8_t> bytes) {
  std::array<std::uint8_t, Sha256::size> first{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), first.size()), first.begin());
  first[31] = static_cast<std::uint8_t>(bytes.size());
  return Sha256(first);
}

}  // namespace

TEST_CASE("a list of pieces comes back from its bytes", "[archive]") {
  const std::string bytes = archive::piece_list_bytes(sample());
  CHECK(bytes.size() == 16 + 8 + 3 * 52 + 4 * 4);
  CHECK(archive::parse_piece_list(bytes) == sample());
  CHECK(archive::parse_piece_list(archive::piece_list_bytes({})).empty());
}

TEST_CASE("a list of pieces that is not whole is refused", "[archive]") {
  const std::string bytes = archive::piece_list_bytes(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_AS(archive::parse_piece_list(bytes.substr(0, size)), Error);
  }
  CHECK_THROWS_AS(archive::parse_piece_list(bytes + '\0'), Error);
  std::string other = bytes;
  other[13] = '2';
  CHECK_THROWS_AS(archive::parse_piece_list(other), Error);
}

TEST_CASE("a list of pieces above the limits is refused", "[archive]") {
  const std::string bytes = archive::piece_list_bytes(sample());
  CHECK_NOTHROW(archive::parse_piece_list(bytes, {.pieces = 3, .parts = 4}));
  CHECK_THROWS_AS(archive::parse_piece_list(bytes, {.pieces = 2, .parts = 4}), Error);
  CHECK_THROWS_AS(archive::parse_piece_list(bytes, {.pieces = 3, .parts = 3}), Error);
}

TEST_CASE("pieces that overlap or lie behind all files are refused", "[archive]") {
  std::vector<archive::Piece> pieces = {{key(1), 0, 10, {}}, {key(2), 9, 1, {}}};
  CHECK_THROWS_AS(archive::piece_list_bytes(pieces), Error);
  std::string bytes = archive::piece_list_bytes({{key(1), 0, 10, {}}, {key(2), 10, 1, {}}});
  bytes[16 + 8 + 52 + 32] = 9;
  CHECK_THROWS_AS(archive::parse_piece_list(bytes), Error);
  bytes[16 + 8 + 52 + 32] = 10;
  CHECK_NOTHROW(archive::parse_piece_list(bytes));
  bytes[16 + 8 + 52 + 32 + 7] = '\xff';
  CHECK_THROWS_AS(archive::parse_piece_list(bytes), Error);
}

TEST_CASE("a damaged list of pieces is refused or a list that could have been written",
          "[archive]") {
  const std::string bytes = archive::piece_list_bytes(sample());
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const unsigned flip : {1U, 0x80U, 0xffU}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(static_cast<unsigned char>(damaged[at]) ^ flip);
      try {
        const auto pieces = archive::parse_piece_list(damaged);
        CHECK(archive::piece_list_bytes(pieces) == damaged);
      } catch (const Error& error) {
        CHECK(error.fault() == Fault::verification);
      }
    }
  }
}

TEST_CASE("no two lists of fields give one key", "[archive]") {
  const auto of = [](std::string_view a, std::string_view b) {
    return archive::KeyFields("k").field(a).field(b).key(first_bytes);
  };
  CHECK(of("a", "bc") != of("ab", "c"));
  CHECK(archive::KeyFields("k").field("").key(first_bytes) !=
        archive::KeyFields("k").key(first_bytes));
}

TEST_CASE("a piece is recalled only while its file has the bytes", "[archive]") {
  const os::TempDir folder("pieces");
  const std::filesystem::path path = folder.path() / "earlier";
  os::write_file(path, std::string(300, 'x'));
  const auto file = std::make_shared<os::Fd>(os::open_file(path, O_RDONLY));
  const archive::Recall recall = archive::recall_from(file, path, sample());
  const auto found = archive::recalled(recall, key(9));
  REQUIRE(found);
  CHECK(found->offset == 96);
  CHECK(found->size == 10);
  CHECK(found->parts == std::vector<std::uint32_t>{4, 0, 6});
  CHECK_FALSE(archive::recalled(recall, key(5)));
  CHECK_FALSE(archive::recalled(recall, key(3)));
  CHECK_FALSE(archive::recalled({}, key(9)));
  std::filesystem::resize_file(path, 100);
  CHECK_FALSE(archive::recalled(recall, key(9)));
}
