// SPDX-License-Identifier: Apache-2.0
#include "os/usage.hpp"

#include <sys/resource.h>

#include "support/catch.hpp"

using namespace ingot;
using namespace std::chrono_literals;

TEST_CASE("the kernel's account is told in milliseconds and bytes", "[os]") {
  rusage account{};
  account.ru_utime = {2, 600'000};
  account.ru_stime = {1, 401'999};
  account.ru_maxrss = 2048;
  const os::Usage usage = os::usage_from(account);
  CHECK(usage.cpu == 4001ms);
  CHECK(usage.peak_memory == 2_MiB);
}

TEST_CASE("of several processes times add up, and the largest memory counts", "[os]") {
  const os::Usage sum = os::Usage{2s, 10_MiB} + os::Usage{3s, 7_MiB};
  CHECK(sum.cpu == 5s);
  CHECK(sum.peak_memory == 10_MiB);
}

TEST_CASE("this process has used memory", "[os]") {
  CHECK(os::usage_of_self().peak_memory > Bytes{100'000});
}
