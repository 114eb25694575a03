// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <cerrno>
#include <set>
#include <string>

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("an error carries the trail of what was being done, innermost first", "[base]") {
  try {
    during("building",
           [] { during("writing the table", [] { throw Error(Fault::io, "disk is full"); }); });
    FAIL("no exception");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::io);
    CHECK(error.message() == "disk is full");
    CHECK(error.trail() == std::vector<std::string>{"writing the table", "building"});
    CHECK(std::string(error.what()) == "disk is full\n  while writing the table\n  while building");
  }
}

TEST_CASE("during hands the result of its work on", "[base]") {
  CHECK(during("adding", [] { return 1 + 2; }) == 3);
}

TEST_CASE("an interruption is no error", "[base]") {
  const auto work = [] {
    try {
      during("working", [] { throw Interrupted(15); });
    } catch (const Error&) {
      FAIL("swallowed");
    }
  };
  CHECK_THROWS_AS(work(), Interrupted);
}

TEST_CASE("a system error is told in words", "[base]") {
  try {
    throw_errno("cannot open /x", ENOENT);
  } catch (const Error& error) {
    CHECK(error.message() == "cannot open /x: No such file or directory");
    CHECK(error.fault() == Fault::io);
  }
}

TEST_CASE("exit codes are 1 to 10, each with its own name", "[base]") {
  std::set<std::string_view> names;
  for (int code = 1; code <= 10; ++code) {
    const auto fault = static_cast<Fault>(code);
    CHECK(exit_code(fault) == code);
    names.insert(name_of(fault));
  }
  CHECK(names.size() == 10);
  CHECK(exit_code(Fault::input) == 2);
  CHECK(exit_code(Fault::verification) == 9);
}
