// SPDX-License-Identifier: Apache-2.0
#include "disk/root_image.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "base/words.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

disk::RootImageSpec sample(const std::filesystem::path& folder) {
  disk::RootImageSpec spec;
  spec.tree = folder;
  spec.output = folder / "root.erofs";
  spec.id = disk::Guid::from_text("11111111-2222-4333-8444-555555555555");
  spec.epoch = 1'700'000'000;
  return spec;
}

/// Writes what mkfs.erofs would, as far as it is looked at.
disk::Tool leaving(std::uint32_t magic, std::uint8_t first_of_id, std::uint32_t blocks) {
  return [=](const os::Command&, const std::vector<os::Bind>& binds) {
    std::string image(8192, '\0');
    std::vector<std::uint8_t> super(128);
    store_le(std::span(super), 0, magic);
    super[12] = 12;
    store_le(std::span(super), 36, blocks);
    const std::uint8_t id[] = {first_of_id, 0x11, 0x11, 0x11, 0x22, 0x22, 0x43, 0x33,
                               0x84,        0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55};
    std::copy(std::begin(id), std::end(id), super.begin() + 48);
    image.replace(1024, super.size(), std::string(super.begin(), super.end()));
    os::write_file(binds.at(1).source, image);
    return os::Outcome{};
  };
}

}  // namespace

TEST_CASE("mkfs.erofs is told id, time and compression") {
  disk::RootImageSpec spec = sample("/x");
  spec.workers = 3;
  const os::Command command = disk::root_image_command(spec);
  CHECK(joined(command.args, " ") ==
        "--quiet -T1700000000 -U 11111111-2222-4333-8444-555555555555 -zzstd,level=3 -C65536 "
        "--workers=3 /run/ingot/image /run/ingot/tree");
  CHECK(command.env.at("SOURCE_DATE_EPOCH") == "1700000000");
  spec.compression.clear();
  CHECK(joined(disk::root_image_command(spec).args, " ").find("-C") == std::string::npos);
}

TEST_CASE("a compression or cluster size that cannot be is refused") {
  disk::RootImageSpec spec = sample("/x");
  SECTION("cluster") { spec.cluster = 5000; }
  SECTION("large cluster") { spec.cluster = 2U << 20; }
  SECTION("words") { spec.compression = "zstd --offset=1"; }
  CHECK_THROWS_AS(disk::root_image_command(spec), Error);
}

TEST_CASE("an image is kept only when its superblock is what was asked for") {
  const os::TempDir folder("erofs");
  const disk::RootImageSpec spec = sample(folder.path());
  CHECK_THROWS_AS(disk::make_root_image(leaving(0x1234, 0x11, 2), spec), Error);
  CHECK_THROWS_AS(disk::make_root_image(leaving(0xe0f5e1e2, 0x12, 2), spec), Error);
  CHECK_THROWS_AS(disk::make_root_image(leaving(0xe0f5e1e2, 0x11, 3), spec), Error);
  CHECK_FALSE(std::filesystem::exists(spec.output));
  CHECK(disk::make_root_image(leaving(0xe0f5e1e2, 0x11, 2), spec).size == 8192);
  CHECK(std::filesystem::exists(spec.output));
}
