// SPDX-License-Identifier: Apache-2.0
#include "disk/root_image.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

TEST_CASE("a root image is a squashfs with its hash tree behind it", "[disk]") {
  const os::TempDir folder("root image");
  os::write_file(folder.path() / "tree/etc/hostname", "node\n");
  auto files = test::listed_tree({test::listed_file("etc/hostname", 5)});
  const std::filesystem::path target = folder.path() / "root.squashfs";
  const disk::RootImage image = disk::make_root_image(
      {.files = files, .open = archive::content_below(folder.path() / "tree"), .output = target});
  CHECK(image.verity.hash_offset == 4096);
  CHECK(image.size == 4096 + disk::verity_size(1));
  CHECK(std::filesystem::file_size(target) == image.size);
  CHECK(image.digest == crypto::digest_of_file(target));
  CHECK(image.pieces.size() == 1);
}

TEST_CASE("a root image that failed leaves nothing", "[disk]") {
  const os::TempDir folder("root image");
  auto files = test::listed_tree({test::listed_file("etc/hostname", 5)});
  const std::filesystem::path target = folder.path() / "root.squashfs";
  CHECK_THROWS_AS(disk::make_root_image({.files = files,
                                         .open = archive::content_below(folder.path() / "tree"),
                                         .output = target}),
                  Error);
  CHECK(std::filesystem::is_empty(folder.path()));
}
