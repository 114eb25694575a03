// SPDX-License-Identifier: Apache-2.0
#include "run/build_needs.hpp"

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("what a build takes grows with its packages", "[run]") {
  spec::Lock lock;
  lock.image = "tiny";
  lock.image_root.resize(1);
  lock.image_root[0].size = 100_MiB;
  lock.build_root.resize(1);
  lock.build_root[0].size = 50_MiB;
  const run::BuildNeeds fresh = run::needs_of(lock, false, 150_MiB, {});
  CHECK(fresh.cache == 900_MiB);
  CHECK(fresh.output == 700_MiB);
  CHECK_FALSE(fresh.packages_stored);
  CHECK(fresh.origin == "the lock of tiny");
  const run::BuildNeeds again = run::needs_of(lock, true, {}, 300_MiB);
  CHECK(again.cache == 750_MiB + 1_GiB);
  CHECK(again.output == 300_MiB);
  CHECK(again.packages_stored);
  CHECK(again.origin == "the lock and the release of tiny");
}
