// SPDX-License-Identifier: Apache-2.0
#include "disk/block_stream.hpp"

#include <algorithm>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "os/place.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

class Recorded : public disk::BlockSink {
public:
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    if (fails) throw Error(Fault::io, "full");
    if (offset < end) ordered = false;
    end = offset + bytes.size();
    all.resize(end);
    std::copy(bytes.begin(), bytes.end(), std::span(all).subspan(offset).begin());
  }

  std::vector<std::uint8_t> all;
  std::uint64_t end = 0;
  bool ordered = true;
  bool fails = false;
};

}  // namespace

TEST_CASE("what goes in comes out in order, with zeros between") {
  Recorded sink;
  const std::vector<std::uint8_t> large(3'000'000, 7);
  {
    disk::BlockStream stream(sink);
    stream.write(4096, std::vector<std::uint8_t>(10, 1));
    stream.write(8192, large);
    stream.write(8192 + large.size(), std::vector<std::uint8_t>(1, 9));
    stream.finish();
  }
  CHECK(sink.ordered);
  REQUIRE(sink.all.size() == 8192 + large.size() + 1);
  CHECK(sink.all[4095] == 0);
  CHECK(sink.all[4096] == 1);
  CHECK(sink.all[4106] == 0);
  CHECK(std::equal(large.begin(), large.end(), sink.all.begin() + 8192));
  CHECK(sink.all.back() == 9);
}

TEST_CASE("a failure of the sink comes back to the one who fills") {
  Recorded sink;
  sink.fails = true;
  disk::BlockStream stream(sink);
  const std::vector<std::uint8_t> bytes(1 << 20, 1);
  const auto work = [&] {
    for (std::uint64_t i = 0; i < 100; ++i) stream.write(i << 20, bytes);
    stream.finish();
  };
  CHECK_THROWS_AS(work(), Error);
}

TEST_CASE("a stream that is given up ends without having written all") {
  Recorded sink;
  disk::BlockStream stream(sink);
  stream.write(0, std::vector<std::uint8_t>(5 << 20, 1));
}

TEST_CASE("blocks of zeros stay holes") {
  const os::TempDir folder("blocks");
  const auto path = folder.path() / "image";
  const os::Fd fd = os::open_file(path, O_RDWR | O_CREAT);
  std::vector<std::uint8_t> bytes(64 * 4096 + 100);
  bytes[0] = 1;
  bytes[40 * 4096] = 2;
  bytes.back() = 3;
  disk::FileBlocks(fd.get(), path).write(1 << 20, bytes);
  std::vector<std::uint8_t> read(bytes.size());
  os::read_at(fd.get(), path, 1 << 20, read);
  CHECK(read == bytes);
  struct stat status {};
  REQUIRE(::fstat(fd.get(), &status) == 0);
  CHECK(status.st_blocks <= 8 * 4);
}

TEST_CASE("a full disk is an error that says so") {
  const os::Fd full = os::open_file("/dev/full", O_WRONLY);
  disk::FileBlocks sink(full.get(), "image");
  try {
    sink.write(0, std::vector<std::uint8_t>(4096, 1));
    FAIL("it was written");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::io);
    CHECK(error.message().find("No space left") != std::string::npos);
  }
}
