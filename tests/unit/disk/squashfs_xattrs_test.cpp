// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_xattrs.hpp"

#include "base/little_endian.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("a set of attributes is stored once, and only those that squashfs knows", "[disk]") {
  disk::SquashfsXattrs xattrs(3);
  CHECK(xattrs.empty());
  CHECK(xattrs.add({}) == disk::SquashfsXattrs::none);
  CHECK(xattrs.add({{"system.posix_acl_access", "x"}}) == disk::SquashfsXattrs::none);
  CHECK(xattrs.empty());
  CHECK(xattrs.add({{"user.a", "1"}}) == 0);
  CHECK(xattrs.add({{"user.a", "2"}}) == 1);
  CHECK(xattrs.add({{"user.a", "1"}, {"system.posix_acl_access", "x"}}) == 0);
  CHECK(xattrs.add({{"trusted.a", "1"}}) == 2);
}

TEST_CASE("the table of attributes ends with where its rows are", "[disk]") {
  disk::SquashfsXattrs xattrs(3);
  xattrs.add({{"security.capability", "abc"}, {"user.n", std::string(500, 'v')}});
  const disk::SquashfsXattrs::Table table = xattrs.finish(1000);
  const std::size_t head = table.head - 1000;
  CHECK(table.bytes.size() == head + 16 + 8);
  CHECK(load_le<std::uint64_t>(table.bytes, head) == 1000);
  CHECK(load_le<std::uint32_t>(table.bytes, head + 8) == 1);
  const auto rows = load_le<std::uint64_t>(table.bytes, head + 16) - 1000;
  CHECK(rows == 2U + (load_le<std::uint16_t>(table.bytes, 0) & 0x7fffU));
}
