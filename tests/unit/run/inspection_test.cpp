// SPDX-License-Identifier: Apache-2.0
#include "run/inspection.hpp"

#include <filesystem>

#include "crypto/hasher.hpp"
#include "disk/partition.hpp"
#include "support/catch.hpp"
#include "support/fake_guest.hpp"

using namespace ingot;
namespace fs = std::filesystem;

TEST_CASE("an inspection names table, ESP, system, kernels and packages") {
  const os::TempDir folder("inspection");
  const fs::path root = folder.path() / "root";
  os::write_file(folder.path() / "esp/EFI/BOOT/BOOTX64.EFI", "uki");
  os::write_file(root / "usr/lib/os-release",
                 "ID=debian\nPRETTY_NAME=\"Debian 13\"\nIMAGE_ID=worker\nIMAGE_VERSION=1.2\n");
  os::write_file(root / "usr/lib/modules/6.12/modules.dep", "");
  os::write_file(root / "var/lib/dpkg/status",
                 "Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: deinstall ok "
                 "config-files\n\nPackage: c\nStatus: hold ok installed\n");
  test::FakeGuest guest;
  guest.answer = {100_MiB,
                  "gpt",
                  "id",
                  {{1, disk::esp_type().text(), "a", "esp", 1, {2}},
                   {2, "t", "b", "root", 3, {4}},
                   {3, "t", "c", "broken", 7, {4}}}};
  guest.file_systems = {{1, {"vfat", "1", ""}}, {2, {"ext4", "2", ""}}, {3, {}}};
  guest.trees = {{1, folder.path() / "esp"}, {2, root}};
  const run::Inspection found = run::inspect_disk(guest);
  REQUIRE(found.partitions.size() == 3);
  CHECK(found.partitions[2].file_system.kind.empty());
  REQUIRE(found.esp_files.size() == 1);
  CHECK(found.esp_files[0].digest == crypto::digest_of("uki"));
  CHECK(found.root == 2);
  CHECK(found.os_name == "Debian 13");
  CHECK(found.image == "worker 1.2");
  CHECK(found.kernels == std::vector<std::string>{"6.12"});
  CHECK(found.packages == std::size_t{2});
}

TEST_CASE("a file system that cannot be read is part of the inspection") {
  test::FakeGuest guest;
  guest.answer = {100_MiB, "gpt", "id", {{1, "t", "a", "root", 1, {2}}}};
  guest.file_systems = {{1, {"ext4", "1", ""}}};
  const run::Inspection found = run::inspect_disk(guest);
  CHECK(found.partitions.at(0).unreadable.find("cannot mount") != std::string::npos);
  CHECK(found.root == 0);
}
