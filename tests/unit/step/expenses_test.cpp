// SPDX-License-Identifier: Apache-2.0
#include "step/expenses.hpp"

#include "support/catch.hpp"

using namespace ingot;
using namespace std::chrono_literals;

TEST_CASE("of a step's commands times add up, and the largest memory counts", "[step]") {
  step::Expenses expenses;
  CHECK_FALSE(expenses.of("a"));
  expenses.add("a", {2s, 10_MiB});
  expenses.add("b", {9s, 99_MiB});
  expenses.add("a", {3s, 5_MiB});
  REQUIRE(expenses.of("a"));
  CHECK(expenses.of("a")->cpu == 5s);
  CHECK(expenses.of("a")->peak_memory == 10_MiB);
}
