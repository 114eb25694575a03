// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"
#include "disk/gpt.hpp"
#include "disk/image.hpp"
#include "disk/sample_tree.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/host_tool.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

disk::DiskRequest request_for(const fs::path& folder, const fs::path& tree) {
  os::write_file(folder / "uki", std::string(100'000, 'u'));
  return {.spec = {.size = 512_MiB, .esp_size = 64_MiB, .seed = crypto::digest_of("image")},
          .esp_files = {{"EFI/BOOT/BOOTX64.EFI", folder / "uki"}},
          .root = disk::folder_content(tree, 1'700'000'000),
          .epoch = 1'700'000'000,
          .output = folder / "disk with space.raw"};
}

/// The partition as a file of its own, for tools that take no offset.
fs::path part(const fs::path& image, const disk::Partition& partition) {
  const fs::path out = image.parent_path() / "part";
  const os::Outcome copied =
      test::run_host("dd", {"if=" + image.string(), "of=" + out.string(), "bs=1M", "conv=sparse",
                            "skip=" + std::to_string(partition.offset() >> 20),
                            "count=" + std::to_string(partition.size().count >> 20)});
  REQUIRE(copied.ok());
  return out;
}

}  // namespace

TEST_CASE("a disk image has a sound ext4 that holds the tree and no time after the epoch") {
  test::need_programs({"e2fsck", "debugfs", "dd"});
  const os::TempDir folder("disk image");
  test::make_sample_tree(folder.path() / "tree", test::Order::forward);
  const disk::DiskRequest request = request_for(folder.path(), folder.path() / "tree");
  const disk::DiskResult result = disk::write_disk(request);
  CHECK(disk::read_gpt(request.output) == result.layout.table);
  CHECK(fs::file_size(request.output) == (512_MiB).count);
  CHECK(result.allocated < 64_MiB);

  const fs::path root = part(request.output, result.layout.root());
  const os::Outcome checked = test::run_host("e2fsck", {"-f", "-n", root.string()});
  INFO(checked.output);
  CHECK(checked.ok());
  const auto ask = [&](const std::string& question) {
    return test::run_host("debugfs", {"-R", question, root.string()}).output;
  };
  const std::string old = ask("stat /etc/file3");
  INFO(old);
  CHECK(old.find("mtime: 0x5f5e1000:00000000") != std::string::npos);
  CHECK(old.find("atime: 0x6553f100:00000000") != std::string::npos);
  CHECK(old.find("ctime: 0x6553f100:00000000") != std::string::npos);
  CHECK(old.find("crtime: 0x6553f100:00000000") != std::string::npos);
  CHECK(old.find("user.note") != std::string::npos);
  CHECK(ask("stat /etc/file7").find("mtime: 0x6553f100:00000000") != std::string::npos);
  CHECK(ask("stat /etc/file1").find("Links: 2") != std::string::npos);
  CHECK(ask("stat /etc/file2").find("Mode:  04755") != std::string::npos);
  CHECK(ask("stat /").find(format("User: {:5}", ::geteuid())) != std::string::npos);
  CHECK(ask("features").find("resize_inode") != std::string::npos);
}

TEST_CASE("a disk image depends on the tree's content only") {
  const os::TempDir folder("disk image");
  test::make_sample_tree(folder.path() / "tree", test::Order::forward);
  const disk::DiskRequest request = request_for(folder.path(), folder.path() / "tree");
  disk::write_disk(request);
  const Sha256 first = crypto::digest_of_file(request.output);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  test::make_sample_tree(folder.path() / "second", test::Order::backward);
  disk::DiskRequest second = request;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path() / "second")) {
    if (entry.is_regular_file() && !entry.is_symlink()) os::read_file(entry.path());
  }
  second.root = disk::folder_content(folder.path() / "second", second.epoch);
  second.output = folder.path() / "second.raw";
  disk::write_disk(second);
  CHECK(crypto::digest_of_file(second.output) == first);
}

TEST_CASE("a tree that does not fit is refused with both sizes and leaves no image") {
  const os::TempDir folder("disk image");
  fs::create_directory(folder.path() / "tree");
  for (int i = 0; i < 60; ++i) {
    os::write_file(folder.path() / "tree" / std::to_string(i), std::string(10'000'000, 'f'));
  }
  const disk::DiskRequest request = request_for(folder.path(), folder.path() / "tree");
  try {
    disk::write_disk(request);
    FAIL("it was accepted");
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(error.fault() == Fault::input);
    CHECK(error.message().find("does not fit") != std::string::npos);
    CHECK(error.message().find("it has 446 MiB") != std::string::npos);
  }
  CHECK_FALSE(fs::exists(request.output));
}
