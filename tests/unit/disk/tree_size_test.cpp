// SPDX-License-Identifier: Apache-2.0
#include "disk/tree_size.hpp"

#include <string>

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
  CHECK(disk::root_size_for(many).count >= 1'000'000ULL * 16384);
  CHECK(disk::disk_size_for(large, 64_MiB) ==
        Bytes{disk::root_size_for(large).count + (66_MiB).count});
}
