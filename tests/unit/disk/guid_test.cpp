// SPDX-License-Identifier: Apache-2.0
#include "disk/guid.hpp"

#include "base/error.hpp"
#include "disk/partition.hpp"
#include "support/catch.hpp"

using namespace ingot;
using disk::Guid;

TEST_CASE("a GUID's first three fields are little-endian on disk") {
  const Guid guid = Guid::from_text("00112233-4455-6677-8899-AABBCCDDEEFF");
  const std::array<std::uint8_t, 16> expected = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                                 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
  CHECK(guid.disk_bytes() == expected);
  CHECK(Guid::from_disk_bytes(expected) == guid);
  CHECK(guid.text() == "00112233-4455-6677-8899-aabbccddeeff");
}

TEST_CASE("text that is no GUID is refused") {
  for (const char* text :
       {"", "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeefff",
        "00112233a4455-6677-8899-aabbccddeeff", "g0112233-4455-6677-8899-aabbccddeeff",
        "{0112233-4455-6677-8899-aabbccddeeff"}) {
    INFO(text);
    CHECK_THROWS_AS(Guid::from_text(text), Error);
  }
}

TEST_CASE("a derived GUID depends on seed and label and is a UUID of version 8") {
  const Sha256 seed = Sha256::from_hex(std::string(64, 'a'));
  const Guid guid = disk::derived_guid(seed, "root");
  CHECK(guid == disk::derived_guid(seed, "root"));
  CHECK(guid != disk::derived_guid(seed, "esp"));
  CHECK(guid != disk::derived_guid(Sha256{}, "root"));
  const std::string text = guid.text();
  CHECK(text[14] == '8');
  CHECK(std::string("89ab").find(text[19]) != std::string::npos);
}

TEST_CASE("partition types are those of the specification") {
  CHECK(disk::esp_type().text() == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
  CHECK(disk::root_x86_64_type().text() == "4f68bce3-e8cd-4db1-96e7-fbcaf984b709");
}
