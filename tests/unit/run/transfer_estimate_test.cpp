// SPDX-License-Identifier: Apache-2.0
#include "run/transfer_estimate.hpp"

#include "support/catch.hpp"

using namespace ingot;
using namespace std::chrono_literals;

TEST_CASE("a speed follows what was moved, the later the more", "[run]") {
  run::Speed speed;
  CHECK_FALSE(speed.expected(10_MiB));
  speed.note({1000}, 900ms);
  CHECK_FALSE(speed.expected(10_MiB));
  speed.note(10_MiB, 1000ms);
  CHECK(speed.expected(20_MiB) == 2000ms);
  for (int i = 0; i < 12; ++i) speed.note(10_MiB, 4000ms);
  CHECK(speed.expected(10_MiB).value() > 3990ms);
}

TEST_CASE("a result is brought when that is quicker than making it", "[run]") {
  run::Speed network;
  run::Speed unpacking;
  CHECK(run::transfer_outlook(500_MiB, 1ms, network, unpacking).worth);
  network.note(10_MiB, 1000ms);
  CHECK(run::transfer_outlook(100_MiB, 10'001ms, network, unpacking).worth);
  const auto slow = run::transfer_outlook(100_MiB, 9'999ms, network, unpacking);
  CHECK_FALSE(slow.worth);
  CHECK(slow.expected == 10'000ms);
  unpacking.note(10_MiB, 100ms);
  CHECK_FALSE(run::transfer_outlook(100_MiB, 10'001ms, network, unpacking).worth);
  CHECK(run::transfer_outlook(100_MiB, 11'000ms, network, unpacking).worth);
  CHECK(run::transfer_outlook({1000}, 0ms, network, unpacking).worth);
}

TEST_CASE("a transfer that turns out slow is given up, but not at its beginning", "[run]") {
  CHECK(run::while_it_runs(100_MiB, {1}, 400ms, 1ms).worth);
  const auto slow = run::while_it_runs(100_MiB, 1_MiB, 1000ms, 60'000ms);
  CHECK_FALSE(slow.worth);
  CHECK(slow.expected == 99'000ms);
  CHECK(run::while_it_runs(100_MiB, 50_MiB, 50'000ms, 60'000ms).worth);
  CHECK(run::while_it_runs(100_MiB, 100_MiB, 50'000ms, 1ms).worth);
}
