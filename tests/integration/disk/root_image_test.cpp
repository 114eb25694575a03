// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
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
  spec.output = folder / "root.erofs";
  spec.id = disk::derived_guid(crypto::digest_of("erofs"), "root image");
  spec.epoch = 1'700'000'000;
  spec.compression = "lz4hc";
  return spec;
}

}  // namespace

TEST_CASE("fsck.erofs accepts a root image") {
  test::need_programs({"mkfs.erofs", "fsck.erofs"});
  const os::TempDir folder("erofs");
  test::make_sample_tree(folder.path() / "tree", test::Order::forward);
  const disk::RootImageSpec spec = spec_for(folder.path());
  const disk::RootImage image = disk::make_root_image(test::build_root_tool(), spec);
  CHECK(image.digest == crypto::digest_of_file(spec.output));
  CHECK(image.size == std::filesystem::file_size(spec.output));
  CHECK(test::run_host("fsck.erofs", {spec.output.string()}).ok());
}

TEST_CASE("a root image depends neither on the tree's order and access times nor on workers") {
  test::need_programs({"mkfs.erofs"});
  if (!test::has_build_root()) {
    std::printf("not tried: mkfs.erofs 1.8 needs INGOT_TEST_BUILD_ROOT\n");
    return;
  }
  const os::TempDir folder("erofs");
  test::make_sample_tree(folder.path() / "tree", test::Order::forward);
  test::make_sample_tree(folder.path() / "backward", test::Order::backward);
  for (const char* compression : {"zstd,level=3", "lz4hc,level=9", ""}) {
    disk::RootImageSpec spec = spec_for(folder.path());
    spec.compression = compression;
    spec.workers = 1;
    const disk::RootImage first = disk::make_root_image(test::build_root_tool(), spec);
    spec.workers = 4;
    CHECK(disk::make_root_image(test::build_root_tool(), spec).digest == first.digest);
    spec.tree = folder.path() / "backward";
    spec.workers = 0;
    CHECK(disk::make_root_image(test::build_root_tool(), spec).digest == first.digest);
  }
}
