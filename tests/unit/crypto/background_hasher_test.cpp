// SPDX-License-Identifier: Apache-2.0
#include "crypto/background_hasher.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("hashing in the background gives the same digest", "[crypto]") {
  crypto::Hasher plain;
  crypto::BackgroundHasher background;
  for (std::size_t i = 0; i < 40; ++i) {
    const std::vector<std::uint8_t> bytes(i * 1000, static_cast<std::uint8_t>(i));
    plain.update(bytes);
    background.update(bytes);
    const std::vector<std::uint8_t> zeros(i * 70'000);
    plain.update(zeros);
    background.update_zeros(zeros.size());
  }
  CHECK(background.finish() == plain.finish());
}

TEST_CASE("nothing hashed in the background is the digest of nothing", "[crypto]") {
  CHECK(crypto::BackgroundHasher().finish() == crypto::digest_of(std::string_view()));
}

TEST_CASE("hashing in the background can be given up", "[crypto]") {
  crypto::BackgroundHasher background;
  background.update_zeros(std::uint64_t{1} << 40);
}
