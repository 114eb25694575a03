// SPDX-License-Identifier: Apache-2.0
#include "os/memory.hpp"

#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("memory is what the machine has, or what a container is given", "[os]") {
  const char* text = "MemTotal:       2048 kB\nMemFree:  9 kB\nMemAvailable:   1024 kB\n";
  CHECK(os::memory_from(text, {}) == os::Memory{2_MiB, 1_MiB});
  CHECK(os::memory_from(text, Bytes{1000}) == os::Memory{Bytes{1000}, Bytes{1000}});
  CHECK(os::memory_from(text, 8_GiB) == os::Memory{2_MiB, 1_MiB});
  CHECK(os::memory_from("nonsense", {}) == os::Memory{});
}

TEST_CASE("this machine has memory", "[os]") { CHECK(os::memory_here().total > 1_MiB); }
