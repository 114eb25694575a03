// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("sizes read with at most three digits", "[base]") {
  CHECK(human({0}) == "0 B");
  CHECK(human({999}) == "999 B");
  CHECK(human({1000}) == "1.0 kB");
  CHECK(human({831'200}) == "831 kB");
  CHECK(human({999'499}) == "999 kB");
  CHECK(human({999'500}) == "1.0 MB");
  CHECK(human({1'400'000'000}) == "1.4 GB");
  CHECK(human({18'446'744'073'709'551'615ULL}) == "18447 PB");
}

TEST_CASE("rounding up keeps multiples", "[base]") {
  CHECK(round_up(0, 512) == 0);
  CHECK(round_up(512, 512) == 512);
  CHECK(round_up(513, 512) == 1024);
  CHECK((2_MiB).count == 2 * 1024 * 1024);
  CHECK((1_GiB + 1_MiB).count == 1025ULL * 1024 * 1024);
}
