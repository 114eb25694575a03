// SPDX-License-Identifier: Apache-2.0
#include "os/filled_ranges.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("content is told from holes", "[os]") {
  const os::TempDir temp("ranges-test");
  const os::Fd fd = os::open_file(temp.path() / "file", O_RDWR | O_CREAT);
  CHECK(os::filled_ranges(fd.get(), "file").empty());
  REQUIRE(::ftruncate(fd.get(), 10 << 20) == 0);
  REQUIRE(::pwrite(fd.get(), "x", 1, 5 << 20) == 1);
  const auto ranges = os::filled_ranges(fd.get(), "file");
  REQUIRE(ranges.size() == 1);
  CHECK(ranges[0].offset <= 5U << 20);
  CHECK(ranges[0].offset + ranges[0].size > 5U << 20);
  const os::Fd whole = os::open_file(temp.path() / "whole", O_RDWR | O_CREAT);
  REQUIRE(::pwrite(whole.get(), "abc", 3, 0) == 3);
  CHECK(os::filled_ranges(whole.get(), "whole") == std::vector<os::FilledRange>{{0, 3}});
}
