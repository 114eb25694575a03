// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>

#include "crypto/hasher.hpp"
#include "disk/fat.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/host_tool.hpp"

using namespace ingot;

namespace {

std::string content(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

const std::vector<std::pair<std::string, std::size_t>> files = {
    {"EFI/BOOT/BOOTX64.EFI", 5'000'001},
    {"EFI/Linux/ingot_1.2.3+3.efi", 70'000},
    {"EFI/Linux/ingot_1.2.4+3.efi", 1},
    {"EFI/Linux/INGOT_~1.EFI", 12},
    {"loader/loader.conf", 0},
    {"loader/entries/a name that is much longer than thirteen characters.conf", 4096},
    {"loader/exactly13char", 512},
    {"startup.nsh", 513}};

void make(const std::filesystem::path& folder, const std::filesystem::path& image, Bytes size) {
  disk::FatSpec spec{.offset = 0,
                     .size = size,
                     .volume_id = 0x1234abcd,
                     .label = "ESP",
                     .epoch = 1'700'000'000,
                     .files = {}};
  for (const auto& [path, length] : files) {
    const auto source = folder / crypto::digest_of(path).hex();
    os::write_file(source, content(length));
    spec.files.push_back({path, source});
  }
  for (int i = 0; i < 300; ++i) {
    const auto source = folder / "small";
    os::write_file(source, "x");
    spec.files.push_back({"many/file-with-a-number-" + std::to_string(i) + ".txt", source});
  }
  os::remove_tree(image);
  const os::Fd fd = os::open_file(image, O_RDWR | O_CREAT);
  std::filesystem::resize_file(image, size.count);
  disk::write_fat(fd.get(), image, spec);
}

}  // namespace

TEST_CASE("fsck.vfat finds no fault and mtools reads back every file") {
  test::need_programs({"fsck.vfat", "mcopy", "mdir"});
  const Bytes size = GENERATE(64_MiB, 128_MiB, 300_MiB, 1_GiB);
  const os::TempDir folder("fat");
  const auto image = folder.path() / "esp.img";
  make(folder.path(), image, size);

  const os::Outcome checked = test::run_host("fsck.vfat", {"-n", "-v", image.string()});
  INFO(checked.output);
  CHECK(checked.ok());
  CHECK(checked.output.find("differences") == std::string::npos);
  CHECK(checked.output.find("wrong") == std::string::npos);

  for (const auto& [path, length] : files) {
    INFO(path);
    const auto copy = folder.path() / "copy";
    os::remove_tree(copy);
    const os::Outcome copied =
        test::run_host("mcopy", {"-i", image.string(), "::" + path, copy.string()});
    INFO(copied.output);
    REQUIRE(copied.ok());
    CHECK(os::read_file(copy) == content(length));
  }
  const os::Outcome listed = test::run_host("mdir", {"-b", "-i", image.string(), "::many"});
  CHECK(listed.output.find("file-with-a-number-299.txt") != std::string::npos);
  const os::Outcome label = test::run_host("mdir", {"-i", image.string(), "::EFI/BOOT"});
  INFO(label.output);
  CHECK(label.output.find("2023-11-14") != std::string::npos);
  CHECK(label.output.find("1234-ABCD") != std::string::npos);
}

TEST_CASE("the same files give the same FAT bytes") {
  const os::TempDir folder("fat");
  make(folder.path(), folder.path() / "1.img", 64_MiB);
  make(folder.path(), folder.path() / "2.img", 64_MiB);
  CHECK(crypto::digest_of_file(folder.path() / "1.img") ==
        crypto::digest_of_file(folder.path() / "2.img"));
}
