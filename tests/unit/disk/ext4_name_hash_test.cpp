// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_name_hash.hpp"

#include <string>

#include "support/catch.hpp"

using namespace ingot;

// What dx_hash of debugfs says of these names and this seed.
TEST_CASE("names have the hashes that e2fsprogs gives them") {
  const auto seed = disk::Guid::from_text("11111111-2222-4333-8444-666666666666");
  CHECK(disk::ext4_name_hash("a", seed) == 0x49e8ad3c);
  CHECK(disk::ext4_name_hash("hello", seed) == 0xc4084840);
  CHECK(disk::ext4_name_hash(std::string(40, 'x'), seed) == 0xafd78a76);
  CHECK(disk::ext4_name_hash("longer name with 33 characters ok", seed) == 0x81dac6a4);
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += "\xc3\xa9\xff\xfe-name-";
  CHECK(disk::ext4_name_hash(bytes, seed) == 0x519dbd32);
}
