// SPDX-License-Identifier: Apache-2.0
#include "run/result_cost.hpp"

#include "support/catch.hpp"

using namespace ingot;
using namespace std::chrono_literals;

namespace {

plan::StepCost cost(std::map<std::string, std::string> facts) {
  return run::cost_of({.root = {}, .facts = std::move(facts)});
}

}  // namespace

TEST_CASE("what a result took and how large it is stands in its facts", "[run]") {
  CHECK(cost({{"milliseconds", "1500"}}).time == 1500ms);
  CHECK(cost({{"bytes", "77"}}).size == Bytes{77});
  CHECK(cost({{"files", R"([{"size": 5}, {"size": 6}])"}}).size == Bytes{11});
  CHECK_FALSE(cost({}).time);
  CHECK_FALSE(cost({}).size);
}

TEST_CASE("facts that say no number say nothing", "[run]") {
  for (const std::string bad : {"", "-1", "1x", "99999999999999999999999"})
    CHECK_FALSE(cost({{"milliseconds", bad}, {"bytes", bad}}).time);
  for (const std::string bad : {"", "{}x", "[1]", R"([{"size": "5"}])", "7"})
    CHECK_FALSE(cost({{"files", bad}}).size);
}
