// SPDX-License-Identifier: Apache-2.0
#include "package/version.hpp"

#include <compare>
#include <string>
#include <vector>

#include "support/catch.hpp"

using ingot::package::compare_versions;
using ingot::package::is_version;

TEST_CASE("versions are ordered as Debian policy says", "[package]") {
  // Each line in rising order.
  const std::vector<std::vector<std::string>> rising = {
      {"1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a", "1.0+b1", "1.0.1"},
      {"0.9", "1.0-1", "1.0-1+b1", "1.0-1+deb13u1", "1.0-1.1", "1.0-2", "1.0-10"},
      {"9", "10", "1:0.1", "1:1", "2:0"},
      {"6.12.94-1", "6.12.107-1", "6.12.117-1"},
      {"2.41-12", "2.41-12+deb13u1", "2.41-12+deb13u4", "2.41-13"},
      {"1.0-a", "1.0-a1", "1.0-b"},
      {"1.2a", "1.2aa", "1.2a."},
      {"20250520", "20250520.1"},
      {"1", "99999999999999999999999", "100000000000000000000000"},
  };
  for (const auto& line : rising) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      for (std::size_t j = 0; j < line.size(); ++j) {
        INFO(line[i] << " and " << line[j]);
        const auto order = compare_versions(line[i], line[j]);
        CHECK((order < 0) == (i < j));
        CHECK((order > 0) == (i > j));
      }
    }
  }
}

TEST_CASE("different spellings of a version may be equivalent", "[package]") {
  CHECK(std::is_eq(compare_versions("1.0", "1.0-0")));
  CHECK(std::is_eq(compare_versions("0:1.0", "1.0")));
  CHECK(std::is_eq(compare_versions("1.001", "1.1")));
  CHECK(std::is_eq(compare_versions("00:1", "1")));
  CHECK(std::is_eq(compare_versions("1.0-1-1", "1.0-1-1")));
}

TEST_CASE("what is no version is told", "[package]") {
  for (const char* good : {"1", "1.0", "1:1.0-1", "1.0-1-2", "1.0+really2~rc1-1~bpo13+1", "0"})
    CHECK(is_version(good));
  for (const char* bad :
       {"", "a1", "1:", ":1", "x:1", "1.0-", "1 0", "1.0_1", "1.0-1/2", "1:2:3", "1.0\n"})
    CHECK_FALSE(is_version(bad));
}
