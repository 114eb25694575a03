// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4.hpp"

#include <map>
#include <string>

#include <fcntl.h>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

namespace {

class Blocks : public disk::BlockSink {
public:
  void write(std::uint64_t offset, std::span<const std::uint8_t> bytes) override {
    if (all.size() < offset + bytes.size()) all.resize(offset + bytes.size());
    std::copy(bytes.begin(), bytes.end(), std::span(all).subspan(offset).begin());
  }
  std::vector<std::uint8_t> all;
};

disk::Ext4Spec sample() {
  disk::Ext4Spec spec;
  spec.offset = 1 << 20;
  spec.size = 64_MiB;
  spec.id = disk::Guid::from_text("11111111-2222-4333-8444-555555555555");
  spec.epoch = 1'700'000'000;
  return spec;
}

}  // namespace

TEST_CASE("an ext4 of a list has its superblock and the content in place") {
  const os::TempDir folder("ext4");
  const std::string content(10'000, 'c');
  os::write_file(folder.path() / "f", content);
  std::vector files = {test::listed_folder(".")};
  files.push_back(test::listed_file("f", 0));
  files.back().size = content.size();
  const auto open = [&](const archive::ListedFile& file) {
    return os::open_file(folder.path() / file.path, O_RDONLY);
  };
  Blocks sink;
  disk::write_ext4(sample(), files, open, sink);
  const std::span<const std::uint8_t> super = std::span(sink.all).subspan((1 << 20) + 1024, 1024);
  CHECK(load_le<std::uint16_t>(super, 0x38) == 0xef53);
  CHECK(load_le<std::uint32_t>(super, 0x04) == (64_MiB).count / 4096);
  CHECK(load_le<std::uint32_t>(super, 0x60) == 0x2c2);
  CHECK(load_le<std::uint32_t>(super, 0x64) == 0x46b);
  const std::string all(sink.all.begin(), sink.all.end());
  const std::size_t at = all.find(content);
  REQUIRE(at != std::string::npos);
  CHECK(at % 4096 == 0);
  CHECK(all.find_first_not_of('\0', at + content.size()) == std::string::npos);
}

TEST_CASE("content that is not as long as listed is an error") {
  const os::TempDir folder("ext4");
  os::write_file(folder.path() / "f", "12345");
  for (const std::uint64_t size : {4ULL, 6ULL}) {
    std::vector files = {test::listed_folder(".")};
    files.push_back(test::listed_file("f", 0));
    files.back().size = size;
    const auto open = [&](const archive::ListedFile& file) {
      return os::open_file(folder.path() / file.path, O_RDONLY);
    };
    Blocks sink;
    try {
      disk::write_ext4(sample(), files, open, sink);
      FAIL("it was accepted");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::io);
    }
  }
}

TEST_CASE("a label that is too long is refused") {
  disk::Ext4Spec spec = sample();
  spec.label = "seventeen letters";
  Blocks sink;
  CHECK_THROWS_AS(disk::write_ext4(spec, {test::listed_folder(".")}, {}, sink), Error);
}
