// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "disk/root_image.hpp"
#include "disk/sample_tree.hpp"
#include "os/file.hpp"
#include "support/build_root_tool.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

disk::RootImageSpec spec_for(const std::filesystem::path& folder) {
  disk::RootImageSpec spec;
  spec.tree = folder / "tree";
  spec.output = folder / "root.squashfs";
  spec.epoch = 1'700'000'000;
  return spec;
}

/// Of everything a tar can hold of a tree: types, modes, owners, links, contents, xattrs, and times
/// up to the epoch.
Sha256 digest_of_tree(const std::filesystem::path& tree) {
  const std::filesystem::path tar = tree.string() + ".tar";
  REQUIRE(test::run_host("tar",
                         {"--sort=name", "--clamp-mtime", "--mtime=@1700000000", "--numeric-owner",
                          "--xattrs", "--pax-option=exthdr.name=x,delete=atime,delete=ctime", "-cf",
                          tar.string(), "-C", tree.string(), "."})
              .ok());
  return crypto::digest_of_file(tar);
}

}  // namespace

TEST_CASE("unsquashfs gives back what went into a root image") {
  test::need_programs({"mksquashfs", "unsquashfs"});
  const os::TempDir folder("squashfs");
  test::make_sample_tree(folder.path() / "tree", test::Order::forward);
  const disk::RootImageSpec spec = spec_for(folder.path());
  const disk::RootImage image = disk::make_root_image(test::build_root_tool(), spec);
  CHECK(image.digest == crypto::digest_of_file(spec.output));
  CHECK(image.size == std::filesystem::file_size(spec.output));
  CHECK(image.verity.size == image.size);
  const std::filesystem::path back = folder.path() / "back";
  REQUIRE(test::run_host("unsquashfs", {"-n", "-d", back.string(), spec.output.string()}).ok());
  CHECK(digest_of_tree(back) == digest_of_tree(spec.tree));
}

TEST_CASE("a root image depends neither on the tree's order and access times nor on workers") {
  test::need_programs({"mksquashfs"});
  const os::TempDir folder("squashfs");
  test::make_sample_tree(folder.path() / "tree", test::Order::forward);
  test::make_sample_tree(folder.path() / "backward", test::Order::backward);
  disk::RootImageSpec spec = spec_for(folder.path());
  spec.workers = 1;
  const disk::RootImage first = disk::make_root_image(test::build_root_tool(), spec);
  spec.workers = 4;
  CHECK(disk::make_root_image(test::build_root_tool(), spec).digest == first.digest);
  spec.tree = folder.path() / "backward";
  spec.workers = 0;
  CHECK(disk::make_root_image(test::build_root_tool(), spec).digest == first.digest);
}
