// SPDX-License-Identifier: Apache-2.0
#include "run/library_cache.hpp"

#include "support/catch.hpp"
#include "support/library_cache_text.hpp"

using ingot::run::parse_library_cache;

TEST_CASE("the loader's list is read", "[run]") {
  const auto libraries = parse_library_cache(
      ingot::test::library_cache_text({{"libc.so.6", "/lib/libc.so.6"}, {"libm.so.6", "/m"}}));
  REQUIRE(libraries);
  REQUIRE(libraries->size() == 2);
  CHECK(libraries->front().name == "libc.so.6");
  CHECK(libraries->front().path == "/lib/libc.so.6");
  CHECK(libraries->front().flags == 0x303);
  CHECK(libraries->front().hwcap == 0);
  CHECK(libraries->back().path == "/m");
}

TEST_CASE("a list that is cut, altered or of another format is refused at every byte", "[run]") {
  const std::string whole = ingot::test::library_cache_text({{"libc.so.6", "/lib/libc.so.6"}});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_library_cache(whole.substr(0, size)));
  }
  std::string other = whole;
  other[0] = 'G';
  CHECK_FALSE(parse_library_cache(other));
  std::string many = whole;
  many[20] = '\x7f';
  CHECK_FALSE(parse_library_cache(many));
  std::string far = whole;
  far[48 + 7] = '\x7f';
  CHECK_FALSE(parse_library_cache(far));
}
