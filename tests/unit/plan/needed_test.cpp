// SPDX-License-Identifier: Apache-2.0
#include "plan/needed.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using Names = std::set<std::string>;

TEST_CASE("a step needs its inputs, and theirs", "[plan]") {
  const plan::Plan plan{{{.name = "one"},
                         {.name = "two", .inputs = {"one"}},
                         {.name = "three", .inputs = {"one", "two"}},
                         {.name = "four"}}};
  CHECK(plan::needed_for(plan, {"two"}) == Names{"one", "two"});
  CHECK(plan::needed_for(plan, {"three", "four"}) == Names{"four", "one", "three", "two"});
  CHECK(plan::needed_for(plan, {}).empty());
}

TEST_CASE("a step that the plan does not have is refused, with what was meant", "[plan]") {
  const plan::Plan plan{{{.name = "packages/base"}}};
  try {
    (void)plan::needed_for(plan, {"package/base"});
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    CHECK(error.message().find("did you mean 'packages/base'") != std::string::npos);
  }
}
