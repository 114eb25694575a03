// SPDX-License-Identifier: Apache-2.0
#include "archive/sink.hpp"

#include <fcntl.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/memory_sink.hpp"

using namespace ingot;

namespace {

/// Compressible, but not trivially.
std::vector<std::uint8_t> sample(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525 + 1013904223;
    bytes[i] =
        (state >> 24) < 160 && i > 5000 ? bytes[i - 4999] : static_cast<std::uint8_t>(state >> 28);
  }
  return bytes;
}

std::string compressed(const std::vector<std::uint8_t>& bytes, unsigned threads,
                       std::size_t piece) {
  test::MemorySink memory;
  archive::ZstdSink sink(memory, {.level = 1, .threads = threads});
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    sink.write(std::span(bytes).subspan(at, std::min(piece, bytes.size() - at)));
  }
  sink.finish();
  CHECK(memory.finished);
  return memory.bytes;
}

}  // namespace

TEST_CASE("compressed bytes depend neither on threads nor on the sizes of writes", "[archive]") {
  // More than two jobs of 16 MiB.
  const std::vector<std::uint8_t> bytes = sample(40'000'000);
  const std::string one = compressed(bytes, 1, 1 << 20);
  CHECK(one.size() < bytes.size());
  CHECK(one == compressed(bytes, 2, 1 << 20));
  CHECK(one == compressed(bytes, 7, 777'777));
  CHECK(one == compressed(bytes, 16, bytes.size()));
}

TEST_CASE("small inputs compress to the same bytes for any number of threads", "[archive]") {
  for (const std::size_t size : {0UL, 1UL, 1000UL, 600'000UL}) {
    const std::vector<std::uint8_t> bytes = sample(size);
    CHECK(compressed(bytes, 1, 100'000) == compressed(bytes, 5, 33'333));
  }
}

TEST_CASE("a descriptor sink writes everything once it is finished", "[archive]") {
  const os::TempDir folder("sink test");
  const auto path = folder.path() / "a file";
  const os::Fd fd = os::open_file(path, O_WRONLY | O_CREAT);
  archive::FdSink sink(fd.get(), path);
  std::string expected;
  for (const std::size_t size : {10UL, 300'000UL, 0UL, 262'144UL, 7UL, 262'140UL}) {
    const std::vector<std::uint8_t> bytes(size, static_cast<std::uint8_t>('a' + size % 26));
    sink.write(bytes);
    expected.append(bytes.begin(), bytes.end());
  }
  sink.finish();
  CHECK(os::read_file(path) == expected);
}

TEST_CASE("a write that fails is reported", "[archive]") {
  const os::Fd fd = os::open_file("/dev/full", O_WRONLY);
  archive::FdSink sink(fd.get(), "/dev/full");
  const std::vector<std::uint8_t> bytes(1 << 20, 1);
  CHECK_THROWS_AS(sink.write(bytes), Error);
}
