// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("a digest survives the way to text and back", "[base]") {
  const std::string text = "00ff0123456789abcdef00112233445566778899aabbccddeeff7f80fe010203";
  const Sha256 digest = Sha256::from_hex(text);
  CHECK(digest.hex() == text);
  CHECK(digest.bytes()[1] == 0xff);
  CHECK(Sha256() < digest);
}

TEST_CASE("only 64 lower-case digits are a digest", "[base]") {
  CHECK_THROWS_AS(Sha256::from_hex(""), Error);
  CHECK_THROWS_AS(Sha256::from_hex(std::string(63, 'a')), Error);
  CHECK_THROWS_AS(Sha256::from_hex(std::string(65, 'a')), Error);
  CHECK_THROWS_AS(Sha256::from_hex(std::string(64, 'A')), Error);
  CHECK_THROWS_AS(Sha256::from_hex(std::string(63, 'a') + "g"), Error);
}
