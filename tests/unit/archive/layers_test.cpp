// SPDX-License-Identifier: Apache-2.0
#include "archive/layers.hpp"

#include <string>
#include <vector>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using archive::ListedFile;

namespace {

ListedFile folder(std::string path, bool opaque = false) {
  ListedFile file{.path = std::move(path), .kind = os::FileKind::folder, .mode = 0755};
  if (opaque) file.xattrs["user.overlay.opaque"] = "y";
  return file;
}

ListedFile regular(std::string path, std::uint64_t size = 1) {
  return {.path = std::move(path), .mode = 0644, .size = size, .mtime = 100};
}

ListedFile whiteout(std::string path) {
  return {.path = std::move(path), .kind = os::FileKind::character_device};
}

using Layer = std::vector<ListedFile>;

std::string told(const std::vector<Layer>& layers) {
  std::string text;
  for (const archive::MergedFile& merged : archive::merge_layers(layers, 50))
    text += merged.file.path + ":" + std::to_string(merged.layer) + " ";
  return text;
}

const Layer base = {folder("."), folder("etc"), regular("etc/a"), regular("etc/b"),
                    regular("etc-b")};

}  // namespace

TEST_CASE("a tree of one layer is that layer, with times no later than asked", "[archive]") {
  CHECK(told({base}) == ".:0 etc:0 etc-b:0 etc/a:0 etc/b:0 ");
  CHECK(archive::merge_layers(std::vector<Layer>{base}, 50).back().file.mtime == 50);
}

TEST_CASE("upper files hide lower ones, and folders join", "[archive]") {
  CHECK(told({base, {folder("."), folder("etc"), regular("etc/b", 7), regular("etc/c")}}) ==
        ".:1 etc:1 etc-b:0 etc/a:0 etc/b:1 etc/c:1 ");
}

TEST_CASE("a whiteout removes a file, or a folder with all it holds", "[archive]") {
  CHECK(told({base, {folder("."), folder("etc"), whiteout("etc/a")}}) ==
        ".:1 etc:1 etc-b:0 etc/b:0 ");
  CHECK(told({base, {folder("."), whiteout("etc")}}) == ".:1 etc-b:0 ");
}

TEST_CASE("an opaque folder hides what lies below, and does not show that it is one", "[archive]") {
  const std::vector<Layer> layers = {base, {folder("."), folder("etc", true), regular("etc/c")}};
  CHECK(told(layers) == ".:1 etc:1 etc-b:0 etc/c:1 ");
  CHECK(archive::merge_layers(layers, 50)[1].file.xattrs.empty());
}

TEST_CASE("a file in place of a folder ends the folder below it", "[archive]") {
  CHECK(
      told({base, {folder("."), regular("etc")}, {folder("."), folder("etc"), regular("etc/n")}}) ==
      ".:2 etc:2 etc-b:0 etc/n:2 ");
}

TEST_CASE("hard links join within a layer, among the names that are left", "[archive]") {
  ListedFile first = regular("etc/a");
  first.links = 3;
  ListedFile second = regular("etc/b");
  second.links = 3;
  second.hard_link = "etc/a";
  ListedFile third = regular("etc/c");
  third.links = 3;
  third.hard_link = "etc/a";
  const Layer linked = {folder("."), folder("etc"), first, second, third};
  const auto merged = archive::merge_layers(
      std::vector<Layer>{linked, {folder("."), folder("etc"), regular("etc/a")}}, 50);
  REQUIRE(merged.size() == 5);
  CHECK(merged[2].file.links == 1);
  CHECK(merged[3].file.hard_link.empty());
  CHECK(merged[3].file.links == 2);
  CHECK(merged[4].file.hard_link == "etc/b");
}

TEST_CASE("a layer with a file and without its folder is refused", "[archive]") {
  CHECK_THROWS_AS(archive::merge_layers(std::vector<Layer>{{folder("."), regular("x/y")}}, 50),
                  Error);
}
