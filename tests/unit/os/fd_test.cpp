// SPDX-License-Identifier: Apache-2.0
#include "os/fd.hpp"

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::os;

TEST_CASE("a descriptor has one owner and is closed by it", "[os]") {
  int number = -1;
  {
    Fd first = open_file("/dev/null", O_RDONLY);
    number = first.get();
    CHECK((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0);
    Fd second(std::move(first));
    Fd third;
    third = std::move(second);
    CHECK(third.get() == number);
    CHECK(::fcntl(number, F_GETFD) >= 0);
  }
  CHECK(::fcntl(number, F_GETFD) < 0);
}

TEST_CASE("a file that cannot be opened is named", "[os]") {
  try {
    open_file("/no/such/file", O_RDONLY);
    FAIL("no exception");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::io);
    CHECK(error.message() == "cannot open /no/such/file: No such file or directory");
  }
}

TEST_CASE("a write goes on until all bytes are out", "[os]") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  Fd reading(ends[0]);
  Fd writing(ends[1]);
  const std::vector<std::uint8_t> bytes(1 << 20, 7);
  std::thread writer([&] {
    write_all(writing.get(), bytes, "pipe");
    writing.reset();
  });
  std::size_t total = 0;
  std::array<std::uint8_t, 5000> buffer{};
  while (const std::size_t got = read_some(reading.get(), buffer, "pipe")) total += got;
  writer.join();
  CHECK(total == bytes.size());
}
