// SPDX-License-Identifier: Apache-2.0
#include "os/identity.hpp"

#include <unistd.h>

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("the caller has its effective ids and a name", "[os]") {
  const os::Caller who = os::caller();
  CHECK(who.user == ::geteuid());
  CHECK(who.group == ::getegid());
  CHECK(who.is_root() == (::geteuid() == 0));
  CHECK_FALSE(who.name.empty());
}

TEST_CASE("a group without a name is its number", "[os]") {
  CHECK(os::group_name(0) == "root");
  CHECK(os::group_name(4294000001U) == "4294000001");
}
