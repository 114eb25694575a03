// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_content.hpp"

#include <algorithm>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

namespace {

class Written : public disk::BlockSink {
public:
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    all.resize(std::max<std::size_t>(all.size(), offset + bytes.size()));
    std::copy(bytes.begin(), bytes.end(), std::span(all).subspan(offset).begin());
    count += bytes.size();
  }
  std::vector<std::uint8_t> all;
  std::uint64_t count = 0;
};

struct Sample {
  os::TempDir folder = os::TempDir("content");
  archive::ListedFile file = test::listed_file("f", 0);
  int opened = 0;
  disk::OpenContent open = [this](const archive::ListedFile& wanted) {
    ++opened;
    return os::open_file(folder.path() / wanted.path, O_RDONLY);
  };

  void write(const std::string& content) {
    os::write_file(folder.path() / "f", content);
    file.size = content.size();
  }
};

}  // namespace

TEST_CASE("content comes in parts from one opened file, with zeros behind its end") {
  Sample sample;
  sample.write(std::string(4096, 'a') + std::string(5000, 'b'));
  Written sink;
  {
    disk::BlockStream stream(sink);
    disk::ContentReader reader(sample.open);
    reader.copy(sample.file, 0, 4096, stream, 0);
    reader.copy(sample.file, 4096, 8192, stream, 16384);
    stream.finish();
  }
  CHECK(sample.opened == 1);
  REQUIRE(sink.all.size() == 16384 + 8192);
  CHECK(sink.all[4095] == 'a');
  CHECK(sink.all[4096] == 0);
  CHECK(sink.all[16384] == 'b');
  CHECK(sink.all[16384 + 4999] == 'b');
  CHECK(sink.all[16384 + 5000] == 0);
}

TEST_CASE("large holes are passed over") {
  Sample sample;
  sample.write("begin");
  sample.file.size = 100 << 20;
  {
    const os::Fd fd = os::open_file(sample.folder.path() / "f", O_WRONLY);
    REQUIRE(::ftruncate(fd.get(), 100 << 20) == 0);
    REQUIRE(::pwrite(fd.get(), "end", 3, (50 << 20) + 100) == 3);
  }
  Written sink;
  disk::BlockStream stream(sink);
  disk::ContentReader(sample.open).copy(sample.file, 0, 100 << 20, stream, 0);
  stream.finish();
  CHECK(sink.all[0] == 'b');
  CHECK(sink.all.at((50 << 20) + 102) == 'd');
  CHECK(sink.count < 100 << 20);
}

TEST_CASE("a file that shrinks or grows meanwhile is an error") {
  Sample sample;
  sample.write("12345");
  Written sink;
  disk::BlockStream stream(sink);
  for (const std::uint64_t size : {4ULL, 6ULL}) {
    sample.file.size = size;
    disk::ContentReader reader(sample.open);
    CHECK_THROWS_AS(reader.copy(sample.file, 0, 4096, stream, 0), Error);
  }
}
