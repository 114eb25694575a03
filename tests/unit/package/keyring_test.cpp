// SPDX-License-Identifier: Apache-2.0
#include "package/keyring.hpp"

#include "base/error.hpp"
#include "crypto/base64.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

/// A key that gpg made on 2026-01-01, good for a year, with a subkey that is good for ever.
std::string made_by_gpg() {
  const auto bytes = crypto::bytes_of_base64(
      "mDMEaVW5ABYJKwYBBAHaRw8BAQdApP8+2YXZjZs2qsbXQjDeDTR127L7pV23VB3c+5XEBE20GHRlc3QgPHRlc3RA"
      "ZXhhbXBsZS50ZXN0PoiWBBMWCAA+FiEEXSnD1KYVD60vG+E6aUUN2Qy2tBkFAmlVuQACGwMFCQHh3EAFCwkIBwIG"
      "FQoJCAsCBBYCAwECHgECF4AACgkQaUUN2Qy2tBm/KgD/WCEM9kqxo30DJ0eCQes5IavDrzCaIckMOMOC3Ii6m+4A"
      "/iwbpLufJ2vOqvf5d0YNwBtUMjz7nGX8TbbheC23WrcDuDgEaVW5ABIKKwYBBAGXVQEFAQEHQO8UtSPu7LO30dll"
      "prGA1tlSznBwQ87zihl6Mo7zFht9AwEIB4h4BBgWCAAgFiEEXSnD1KYVD60vG+E6aUUN2Qy2tBkFAmlVuQACGwwA"
      "CgkQaUUN2Qy2tBlFagEA4RF5eq7qlm0TDMzndSL7FixLZA7TgmSXXMosRdx2lToA/ApjYLM4ZASnK/ZRPEgwpurY"
      "Tam7H5H164FRPtYzCXwD");
  return {bytes->begin(), bytes->end()};
}

}  // namespace

TEST_CASE("keys of a keyring have their fingerprints and ends", "[package]") {
  const auto keys = package::keyring_keys(made_by_gpg() + made_by_gpg());
  REQUIRE(keys.size() == 4);
  CHECK(keys[0].fingerprint == "5D29C3D4A6150FAD2F1BE13A69450DD90CB6B419");
  CHECK(keys[0].primary);
  CHECK(keys[0].created == 1767225600);
  CHECK(keys[0].expires == std::optional<std::int64_t>(1798804800));
  CHECK(keys[1].fingerprint == "AD5361B17A14BF4AA580C517ECB10EB723376306");
  CHECK_FALSE(keys[1].primary);
  CHECK_FALSE(keys[1].expires);
  CHECK(keys[2].fingerprint == keys[0].fingerprint);
}

TEST_CASE("a keyring that is cut or is none is refused, never misread", "[package]") {
  const std::string whole = made_by_gpg();
  CHECK_THROWS_AS(package::keyring_keys(""), Error);
  CHECK_THROWS_AS(package::keyring_keys("no keyring"), Error);
  for (std::size_t size = 1; size < whole.size(); ++size) {
    try {
      const auto keys = package::keyring_keys(whole.substr(0, size));
      CHECK(keys.size() <= 2);
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::input);
    }
  }
  // Any byte may be anything.
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = static_cast<char>(broken[at] ^ 0xFF);
    try {
      package::keyring_keys(broken);
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::input);
    }
  }
}
