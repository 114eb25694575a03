// SPDX-License-Identifier: Apache-2.0
#include "disk/crc32.hpp"

#include <string_view>
#include <vector>

#include "support/catch.hpp"

using namespace ingot;

namespace {
std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
}  // namespace

TEST_CASE("the checksums give the published check values") {
  CHECK(disk::crc32(bytes_of("123456789")) == 0xcbf43926U);
  CHECK(disk::crc32(bytes_of("")) == 0U);
  CHECK(~disk::crc32c(~0U, bytes_of("123456789")) == 0xe3069283U);
  CHECK(~disk::crc32c(~0U, std::vector<std::uint8_t>(32, 0)) == 0x8a9136aaU);
}

TEST_CASE("CRC-32C can be continued") {
  const auto first = disk::crc32c(~0U, bytes_of("1234"));
  CHECK(disk::crc32c(first, bytes_of("56789")) == disk::crc32c(~0U, bytes_of("123456789")));
}
