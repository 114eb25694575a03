// SPDX-License-Identifier: Apache-2.0
#include "disk/fat.hpp"

#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/little_endian.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

struct Written {
  std::vector<std::uint8_t> start;  // the first MiB of the partition
  std::uint64_t allocated = 0;
};

Written write(const os::TempDir& folder, const disk::FatSpec& spec) {
  const auto path = folder.path() / "disk";
  os::remove_tree(path);
  const os::Fd fd = os::open_file(path, O_RDWR | O_CREAT);
  std::filesystem::resize_file(path, spec.offset + spec.size.count);
  disk::write_fat(fd.get(), path, spec);
  Written written;
  written.start.resize(1U << 20);
  REQUIRE(::pread(fd.get(), written.start.data(), written.start.size(),
                  static_cast<off_t>(spec.offset)) == static_cast<ssize_t>(written.start.size()));
  return written;
}

std::string refusal(const os::TempDir& folder, const disk::FatSpec& spec) {
  try {
    write(folder, spec);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    return error.message();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("the boot sector says FAT32, where the partition starts and which volume it is") {
  const os::TempDir folder("fat");
  const auto written = write(folder, {.offset = 1U << 20,
                                      .size = 64_MiB,
                                      .volume_id = 0xcafe1234,
                                      .label = "ESP",
                                      .epoch = 0,
                                      .files = {}});
  const auto& boot = written.start;
  CHECK(load_le<std::uint16_t>(boot, 11) == 512);
  CHECK(boot[13] == 1);
  CHECK(load_le<std::uint32_t>(boot, 28) == 2048);
  CHECK(load_le<std::uint32_t>(boot, 32) == 131072);
  CHECK(load_le<std::uint32_t>(boot, 67) == 0xcafe1234);
  CHECK(std::string(boot.begin() + 71, boot.begin() + 90) == "ESP        FAT32   ");
  CHECK(load_le<std::uint16_t>(boot, 510) == 0xaa55);
  CHECK(std::equal(boot.begin(), boot.begin() + 512, boot.begin() + 6 * 512));
}

TEST_CASE("files that cannot be on the EFI system partition are refused with the reason") {
  const os::TempDir folder("fat");
  const auto source = folder.path() / "source";
  os::write_file(source, "content");
  disk::FatSpec spec{.offset = 0,
                     .size = 64_MiB,
                     .volume_id = 1,
                     .label = "ESP",
                     .epoch = 0,
                     .files = {{"EFI/BOOT/BOOTX64.EFI", source}}};
  SECTION("twice") {
    spec.files.push_back({"EFI/BOOT/bootx64.efi", source});
    CHECK(refusal(folder, spec).find("there twice") != std::string::npos);
  }
  SECTION("a file as a folder") {
    spec.files.push_back({"EFI/BOOT/BOOTX64.EFI/more", source});
    CHECK(refusal(folder, spec).find("there twice") != std::string::npos);
  }
  SECTION("a folder in two spellings") {
    spec.files.push_back({"efi/more", source});
    CHECK(refusal(folder, spec).find("there twice") != std::string::npos);
  }
  SECTION("empty names") {
    spec.files.push_back({"EFI//more", source});
    CHECK(refusal(folder, spec).find("cannot be a file name") != std::string::npos);
  }
  SECTION("upwards") {
    spec.files.push_back({"../more", source});
    CHECK(refusal(folder, spec).find("cannot be a file name") != std::string::npos);
  }
  SECTION("more than fits") {
    std::filesystem::resize_file(source, (65_MiB).count);
    CHECK(refusal(folder, spec).find("need 66 MiB") != std::string::npos);
  }
  SECTION("a partition too small for FAT32") {
    spec.size = 16_MiB;
    CHECK(refusal(folder, spec).find("too small for FAT32") != std::string::npos);
  }
}
