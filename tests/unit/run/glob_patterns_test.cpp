// SPDX-License-Identifier: Apache-2.0
#include "run/glob_patterns.hpp"

#include "support/catch.hpp"

using ingot::run::glob_patterns_in;
using Patterns = std::set<std::string>;

TEST_CASE("patterns are parts of paths with a star, a mark or a bracket", "[run]") {
  CHECK(glob_patterns_in("for library in /usr/lib/*/libkmod.so.*; do") == Patterns{"libkmod.so.*"});
  CHECK(glob_patterns_in("x=/a/b?c;y='/d/e[1-9]'") == Patterns{"b?c", "e[1-9]"});
  CHECK(glob_patterns_in("find / -name \"lib*.so\"\n") == Patterns{"lib*.so"});
  CHECK(glob_patterns_in("no pattern at all").empty());
}

TEST_CASE("quotes vanish and variables match anything", "[run]") {
  CHECK(glob_patterns_in("\"${libdir}\"/libgcc_s.so.[1-9]") == Patterns{"libgcc_s.so.[1-9]"});
  CHECK(glob_patterns_in("/lib/\"lib$name\"-?.so") == Patterns{"lib*-?.so"});
  CHECK(glob_patterns_in("lib${a:-b}$1*") == Patterns{"lib***"});
  CHECK(glob_patterns_in("a?$(date)") == Patterns{"a?*"});
  CHECK(glob_patterns_in("a?$") == Patterns{"a?*"});
  CHECK(glob_patterns_in("a?${b") == Patterns{"a?*"});
}

TEST_CASE("what matches every name is no pattern", "[run]") {
  CHECK(glob_patterns_in("case $x in *) ls ${folder}/* $folder/*?;; esac").empty());
}
