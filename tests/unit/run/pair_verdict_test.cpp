// SPDX-License-Identifier: Apache-2.0
#include "run/matrix.hpp"
#include "support/catch.hpp"

namespace ingot::run {
namespace {

using spec::Tried;

spec::Pair expecting(Tried builds, Tried boots, const std::string& fails_with = {}) {
  spec::Pair pair;
  pair.builds = builds;
  pair.boots = boots;
  pair.fails_with = fails_with;
  return pair;
}

spec::FoundPair found(Tried builds, Tried boots, const std::string& error = {}) {
  return {
      .builds = builds, .boots = boots, .kernel = {}, .driver = {}, .compiler = {}, .error = error};
}

TEST_CASE("a pair that does what its row says needs no word", "[run]") {
  const auto both = expecting(Tried::yes, Tried::yes);
  CHECK(judge_pair(both, found(Tried::yes, Tried::yes), true).empty());
  CHECK(judge_pair(both, found(Tried::yes, Tried::untested), false).empty());
  const auto none = expecting(Tried::no, Tried::no, "too few arguments");
  CHECK(judge_pair(none, found(Tried::no, Tried::untested, "a.c: error: too few arguments"), true)
            .empty());
  const auto builds_only = expecting(Tried::yes, Tried::untested);
  CHECK(judge_pair(builds_only, found(Tried::yes, Tried::untested), true).empty());
}

TEST_CASE("a pair that is expected to fail must fail, and as expected", "[run]") {
  const auto none = expecting(Tried::no, Tried::no, "too few arguments");
  CHECK(judge_pair(none, found(Tried::yes, Tried::yes), true) == "expected builds: no, found yes");
  CHECK(judge_pair(none, found(Tried::no, Tried::untested, "cc: not found"), true) ==
        "expected it to fail with 'too few arguments': cc: not found");
}

TEST_CASE("a pair that is expected to boot must boot", "[run]") {
  const auto both = expecting(Tried::yes, Tried::yes);
  CHECK(judge_pair(both, found(Tried::no, Tried::untested, "x"), true) ==
        "expected builds: yes, found no: x");
  CHECK(judge_pair(both, found(Tried::yes, Tried::no, "panic"), true) ==
        "expected boots: yes, found no: panic");
  CHECK(judge_pair(both, found(Tried::yes, Tried::untested), true) ==
        "expected boots: yes, found untested");
}

TEST_CASE("the first error is a compiler's where there is one", "[run]") {
  CHECK(first_error("modules/x| CC a.o\n"
                    "modules/x| /usr/src/nvidia-1/nvidia/a.c:1:2: error: too few \xe2\x80\x98"
                    "b\n"
                    "modules/x| /usr/src/nvidia-1/nvidia/a.c:9:2: error: another\n",
                    "step failed\n more") == "nvidia/a.c:1:2: error: too few b");
  CHECK(first_error("m| Hunk #1 succeeded at 9 (offset 1 line).\nm| Hunk #2 FAILED at 3.\n", "m") ==
        "Hunk #2 FAILED at 3.");
  CHECK(first_error("modules/x| CC a.o\n", "step failed\n more") == "step failed");
  CHECK(first_error("", std::string(500, 'x')).size() < 210);
  CHECK(first_error("m| ERROR: modpost: \"y\" undefined!", "m") ==
        "ERROR: modpost: \"y\" undefined!");
}

}  // namespace
}  // namespace ingot::run
