// SPDX-License-Identifier: Apache-2.0
#include "os/user_namespace.hpp"

#include "support/catch.hpp"

using namespace ingot;
using os::IdRange;
using os::subordinate_range;

TEST_CASE("a user's largest range counts, named by name or number", "[os]") {
  const char* text = "ada:100000:1000\nada:200000:65536\n1001:400000:70000\nbob:300000:65536\n";
  CHECK(subordinate_range(text, "ada", 1000) == IdRange{200000, 65536});
  CHECK(subordinate_range(text, "ada", 1001) == IdRange{400000, 70000});
  CHECK(subordinate_range(text, "eve", 1002) == std::nullopt);
  CHECK(subordinate_range("", "ada", 1000) == std::nullopt);
}

TEST_CASE("lines that are no ranges are passed over", "[os]") {
  const char* text =
      "# ada:1:65536\nada\nada:x:65536\nada:1:65536:2\nada:1:-5\nada:1:99999999999\n"
      "ada:100000:65536 \n";
  CHECK(subordinate_range(text, "ada", 1000) == IdRange{100000, 65536});
}

TEST_CASE("there is always an advice", "[os]") { CHECK_FALSE(os::why_no_user_namespace().empty()); }
