// SPDX-License-Identifier: Apache-2.0
#include "disk/description.hpp"

#include <string>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

disk::DiskDescription sample(const os::TempDir& folder) {
  os::write_file(folder.path() / "uki", "hello");
  return disk::describe_disk(
      {.spec = {.size = 512_MiB, .esp_size = 64_MiB, .seed = crypto::digest_of("image")},
       .esp_files = {{"EFI/BOOT/BOOTX64.EFI", folder.path() / "uki"}},
       .root = {},
       .epoch = 0,
       .output = {}});
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a disk description is read back as it was") {
  const os::TempDir folder("description");
  const disk::DiskDescription made = sample(folder);
  CHECK(made.size == 512_MiB);
  REQUIRE(made.partitions.size() == 2);
  REQUIRE(made.partitions[0].files);
  CHECK(made.partitions[0].files->at(0).digest == crypto::digest_of("hello"));
  CHECK(made.partitions[0].uuid.size() == 9);
  CHECK_FALSE(made.partitions[1].files);
  CHECK(disk::parse_disk_description(disk::description_text(made)) == made);
}

TEST_CASE("a disk description that is not whole is refused") {
  const os::TempDir folder("description");
  const std::string text = disk::description_text(sample(folder));
  for (const std::string& wrong :
       {std::string("{"), replaced(text, "ingot/disk/v1", "ingot/disk/v9"),
        replaced(text, "\"ext4\"", "4"), replaced(text, "512,", "4096,"),
        replaced(text, "\"firstLba\": 2048", "\"firstLba\": 20480000")}) {
    INFO(wrong);
    try {
      disk::parse_disk_description(wrong);
      FAIL("it was accepted");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::verification);
    }
  }
}
