// SPDX-License-Identifier: Apache-2.0
#include "os/clock.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::os;

TEST_CASE("times read as RFC 3339 in UTC", "[os]") {
  CHECK(rfc3339(0) == "1970-01-01T00:00:00Z");
  CHECK(rfc3339(951827696) == "2000-02-29T12:34:56Z");
  CHECK(rfc3339(4102444799) == "2099-12-31T23:59:59Z");
  CHECK(rfc3339(-1) == "1969-12-31T23:59:59Z");
  CHECK(rfc3339(253402300799) == "9999-12-31T23:59:59Z");
  CHECK_THROWS_AS(rfc3339(253402300800), Error);
}

TEST_CASE("the machine's clock runs", "[os]") {
  CHECK(system_clock().unix_time() > 1'700'000'000);
  const auto before = system_clock().steady();
  CHECK(system_clock().steady() >= before);
}
