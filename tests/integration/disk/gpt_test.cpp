// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include <fcntl.h>

#include "crypto/hasher.hpp"
#include "disk/gpt.hpp"
#include "disk/layout.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/host_tool.hpp"

using namespace ingot;

TEST_CASE("sfdisk and sgdisk read our partition table as it was meant") {
  test::need_programs({"sfdisk", "sgdisk"});
  const os::TempDir folder("gpt");
  const auto path = folder.path() / "disk.raw";
  const disk::Layout layout =
      disk::plan_layout({.size = 1_GiB, .esp_size = 128_MiB, .seed = crypto::digest_of("gpt")});
  const os::Fd fd = os::open_file(path, O_RDWR | O_CREAT);
  std::filesystem::resize_file(path, layout.table.sectors * disk::sector_size);
  disk::write_gpt(fd.get(), path, layout.table);

  const os::Outcome dump = test::run_host("sfdisk", {"--dump", path.string()});
  INFO(dump.output);
  REQUIRE(dump.ok());
  const auto holds = [&](std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return dump.output.find(text) != std::string::npos;
  };
  CHECK(holds(layout.table.disk.text()));
  CHECK(holds(layout.esp().id.text()));
  CHECK(holds(layout.root().id.text()));
  CHECK(holds(disk::esp_type().text()));
  CHECK(dump.output.find("name=\"root\"") != std::string::npos);
  CHECK(dump.output.find("GUID:59") != std::string::npos);
  CHECK(dump.output.find("start=        2048") != std::string::npos);
  CHECK(test::run_host("sfdisk", {"--verify", path.string()}).ok());

  const os::Outcome verified = test::run_host("sgdisk", {"--verify", path.string()});
  INFO(verified.output);
  CHECK(verified.ok());
  CHECK(verified.output.find("No problems found") != std::string::npos);
}

TEST_CASE("a table of sfdisk is read by us") {
  test::need_programs({"sfdisk"});
  const os::TempDir folder("gpt");
  const auto path = folder.path() / "disk.raw";
  os::write_file(path, "");
  std::filesystem::resize_file(path, (64_MiB).count);
  os::Command command;
  command.program = "sfdisk";
  command.args = {path.string()};
  command.stdin_text =
      "label: gpt\nlabel-id: 11111111-2222-3333-4444-555555555555\n"
      "size=16MiB, type=U, name=\"boot part\"\nsize=20MiB, type=L, name=rest\n";
  const os::Outcome made = os::SystemRunner().run(command);
  INFO(made.output);
  REQUIRE(made.ok());
  const disk::GptTable table = disk::read_gpt(path);
  REQUIRE(table.partitions.size() == 2);
  CHECK(table.disk.text() == "11111111-2222-3333-4444-555555555555");
  CHECK(table.partitions[0].type == disk::esp_type());
  CHECK(table.partitions[0].name == "boot part");
  CHECK(table.partitions[0].size() == 16_MiB);
  CHECK(table.partitions[1].name == "rest");
}
