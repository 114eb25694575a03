// SPDX-License-Identifier: Apache-2.0
#include "disk/tree_size.hpp"

#include <string>

#include <fcntl.h>

#include "archive/listing.hpp"
#include "disk/ext4_plan.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("a tree is measured in blocks, and hard links count once") {
  const os::TempDir folder("tree");
  os::write_file(folder.path() / "one", "x");
  os::write_file(folder.path() / "sub/two", std::string(5000, 'x'));
  std::filesystem::create_hard_link(folder.path() / "one", folder.path() / "same");
  std::filesystem::create_symlink("short", folder.path() / "link");
  const disk::TreeSize size = disk::measure_tree(folder.path());
  CHECK(size.inodes == 5);  // two folders, two files, a link
  CHECK(size.content.count == 5 * 4096);
}

TEST_CASE("a root is as large as its blocks and its inodes need") {
  const disk::TreeSize large{.inodes = 10, .content = 1_GiB};
  CHECK(disk::root_size_for(large) > 1_GiB);
  CHECK(disk::root_size_for(large) < Bytes{(1_GiB).count + (300_MiB).count});
  const disk::TreeSize many{.inodes = 1'000'000, .content = 1_MiB};
  CHECK(disk::ext4_geometry(disk::root_size_for(many)).inodes() > 1'000'000);
  CHECK(disk::disk_size_for(large, 64_MiB) ==
        Bytes{disk::root_size_for(large).count + (66_MiB).count});
}

TEST_CASE("a tree fits into the root that its measure asks for") {
  const os::TempDir folder("tree");
  std::filesystem::create_directory(folder.path() / "many");
  for (int i = 0; i < 3000; ++i) {
    std::string name = std::to_string(i) + std::string(static_cast<std::size_t>(i % 240), 'n');
    os::open_file(folder.path() / "many" / name, O_WRONLY | O_CREAT);
  }
  for (const std::uint64_t size : {1ULL << 20, 3ULL << 30}) {
    os::write_file(folder.path() / "large", "x");
    std::filesystem::resize_file(folder.path() / "large", size);
    const auto files = archive::list_tree_names(folder.path(), 0);
    disk::Ext4Spec spec;
    spec.size = disk::root_size_for(disk::measure_tree(folder.path()));
    const disk::Ext4Plan plan = disk::plan_ext4(spec, files);
    const std::uint64_t spare = plan.geometry.blocks - plan.used_end;
    CHECK(spare * 4096 > size / 11);
    CHECK(spare * 4096 < size / 9 + (32_MiB).count);
  }
}
