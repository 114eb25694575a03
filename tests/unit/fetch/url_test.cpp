// SPDX-License-Identifier: Apache-2.0
#include "fetch/url.hpp"

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("two addresses of one server are told from those of others", "[fetch]") {
  CHECK(fetch::same_origin("https://a.test/x", "https://A.test:443/y"));
  CHECK(fetch::same_origin("http://user@[::1]/x", "http://[::1]:80"));
  CHECK_FALSE(fetch::same_origin("https://a.test", "http://a.test"));
  CHECK_FALSE(fetch::same_origin("https://a.test", "https://a.test.other"));
  CHECK_FALSE(fetch::same_origin("https://a.test", "https://a.test:444"));
  CHECK_FALSE(fetch::same_origin("https://a.test", "https://a.test@other"));
}

TEST_CASE("a Location leads on from where it was given", "[fetch]") {
  CHECK(fetch::resolved_url("https://a.test/v2/x?y", "/z?s=1") == "https://a.test/z?s=1");
  CHECK(fetch::resolved_url("https://a.test/v2/x", "https://b.test/") == "https://b.test/");
  CHECK(fetch::resolved_url("https://a.test/v2/x", "//b.test/c") == "https://b.test/c");
  CHECK(fetch::resolved_url("https://a.test/v2/x", "y") == "https://a.test/v2/y");
}

TEST_CASE("values in a query are escaped", "[fetch]") {
  CHECK(fetch::with_query("https://a/b", "c", "d e:f&g") == "https://a/b?c=d%20e%3Af%26g");
  CHECK(fetch::with_query("https://a/b?x=y", "c", "d") == "https://a/b?x=y&c=d");
}
