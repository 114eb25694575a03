// SPDX-License-Identifier: Apache-2.0
#include "disk/root_image.hpp"

#include <filesystem>
#include <vector>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "base/words.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

constexpr std::uint32_t epoch = 1'700'000'000;

disk::RootImageSpec sample(const std::filesystem::path& folder) {
  disk::RootImageSpec spec;
  spec.tree = folder;
  spec.output = folder / "root.squashfs";
  spec.epoch = epoch;
  return spec;
}

/// Writes what mksquashfs would, as far as it is looked at.
disk::Tool leaving(std::uint32_t magic, std::uint32_t time, std::uint64_t used) {
  return [=](const os::Command&, const std::vector<os::Bind>& binds) {
    std::string image(8192, '\0');
    std::vector<std::uint8_t> super(96);
    store_le(std::span(super), 0, magic);
    store_le(std::span(super), 8, time);
    store_le(std::span(super), 12, std::uint32_t{131072});
    store_le(std::span(super), 40, used);
    image.replace(0, super.size(), std::string(super.begin(), super.end()));
    os::write_file(binds.at(1).source, image);
    return os::Outcome{};
  };
}

}  // namespace

TEST_CASE("mksquashfs is told time, compression and block size") {
  disk::RootImageSpec spec = sample("/x");
  spec.workers = 3;
  const os::Command command = disk::root_image_command(spec);
  CHECK(joined(command.args, " ") ==
        "/run/ingot/tree /run/ingot/image -noappend -no-progress -quiet -exit-on-error -comp zstd "
        "-Xcompression-level 3 -b 131072 -processors 3");
  CHECK(command.env.at("SOURCE_DATE_EPOCH") == "1700000000");
}

TEST_CASE("a root image that cannot be is refused") {
  disk::RootImageSpec spec = sample("/x");
  SECTION("block") { spec.block = 5000; }
  SECTION("large block") { spec.block = 2U << 20; }
  SECTION("level") { spec.level = 23; }
  SECTION("no level") { spec.level = 0; }
  SECTION("before all time") { spec.epoch = -1; }
  SECTION("after all time") { spec.epoch = std::int64_t{1} << 32; }
  CHECK_THROWS_AS(disk::root_image_command(spec), Error);
}

TEST_CASE("an image is kept only when its superblock is what was asked for") {
  const os::TempDir folder("squashfs");
  const disk::RootImageSpec spec = sample(folder.path());
  constexpr std::uint32_t magic = 0x73717368;
  CHECK_THROWS_AS(disk::make_root_image(leaving(0x1234, epoch, 8000), spec), Error);
  CHECK_THROWS_AS(disk::make_root_image(leaving(magic, epoch + 1, 8000), spec), Error);
  CHECK_THROWS_AS(disk::make_root_image(leaving(magic, epoch, 8193), spec), Error);
  CHECK_THROWS_AS(disk::make_root_image(leaving(magic, epoch, 4096), spec), Error);
  CHECK_FALSE(std::filesystem::exists(spec.output));
  const disk::RootImage image = disk::make_root_image(leaving(magic, epoch, 8000), spec);
  CHECK(image.verity.hash_offset == 8192);
  CHECK(image.size == 8192 + disk::verity_size(2));
  CHECK(std::filesystem::file_size(spec.output) == image.size);
}
