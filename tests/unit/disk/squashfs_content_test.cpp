// SPDX-License-Identifier: Apache-2.0
#include "disk/squashfs_content.hpp"

#include <set>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

namespace {

constexpr std::uint32_t block = 131072;

struct Planned {
  std::vector<archive::ListedFile> files;
  disk::SquashfsTree tree;
  disk::SquashfsPlan plan;

  explicit Planned(std::vector<archive::ListedFile> some)
      : files(test::listed_tree(std::move(some))),
        tree(disk::squashfs_tree(files)),
        plan(disk::plan_squashfs(tree, block)) {}

  /// The names that share each fragment block.
  std::set<std::vector<std::string>> shared() const {
    std::set<std::vector<std::string>> all;
    for (const disk::SquashfsFragment& fragment : plan.fragments) {
      std::vector<std::string> names;
      for (const std::size_t content : fragment.contents)
        names.push_back(plan.contents[content].file->path);
      all.insert(names);
    }
    return all;
  }
};

std::vector<archive::ListedFile> many(std::uint64_t count) {
  std::vector<archive::ListedFile> files;
  for (std::uint64_t i = 0; i < count; ++i) {
    files.push_back(test::listed_file("usr/lib/file" + std::to_string(i), 1 + i * 7919 % 20000));
    files.back().digest = Sha256({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)});
  }
  return files;
}

}  // namespace

TEST_CASE("files below a block share blocks, others have their own", "[disk]") {
  const Planned planned({test::listed_file("a", 0), test::listed_file("b", 100),
                         test::listed_file("c", block), test::listed_file("d", block + 1),
                         test::listed_file("e", block - 1)});
  const disk::SquashfsPlan& plan = planned.plan;
  REQUIRE(plan.contents.size() == 4);
  CHECK(plan.content_of[1] == disk::SquashfsPlan::no_content);
  CHECK(plan.contents[0].fragment == 0);
  CHECK(plan.contents[0].tail() == 100);
  CHECK(plan.contents[1].fragment == disk::SquashfsContent::no_fragment);
  CHECK(plan.contents[1].blocks_size == block);
  CHECK(plan.contents[2].blocks_size == block + 1);
  CHECK(plan.contents[3].fragment == 1);
  CHECK(plan.contents[3].fragment_offset == 0);
  CHECK(plan.pieces.size() == 4);
}

TEST_CASE("equal files are stored once", "[disk]") {
  auto files = std::vector{test::listed_file("a", 500, 1), test::listed_file("b", 500, 2),
                           test::listed_file("c", 500, 1)};
  const Planned planned(files);
  CHECK(planned.plan.contents.size() == 2);
  CHECK(planned.plan.content_of[1] == planned.plan.content_of[3]);
  CHECK(planned.plan.content_of[1] != planned.plan.content_of[2]);
}

TEST_CASE("every file below a block lies wholly in one shared block", "[disk]") {
  const Planned planned(many(2000));
  std::size_t found = 0;
  for (const disk::SquashfsFragment& fragment : planned.plan.fragments) {
    std::uint32_t end = 0;
    for (const std::size_t index : fragment.contents) {
      const disk::SquashfsContent& content = planned.plan.contents[index];
      CHECK(content.fragment_offset == end);
      end += static_cast<std::uint32_t>(content.tail());
      ++found;
    }
    CHECK(end == fragment.size);
    CHECK(end <= block);
  }
  CHECK(found == 2000);
}

TEST_CASE("a new file changes few of the shared blocks", "[disk]") {
  const auto before = Planned(many(3000)).shared();
  auto files = many(3000);
  files.push_back(test::listed_file("usr/lib/file1000a", 15000, 200));
  const auto after = Planned(std::move(files)).shared();
  std::size_t kept = 0;
  for (const auto& names : before) kept += after.contains(names) ? 1U : 0U;
  CHECK(before.size() > 200);
  CHECK(kept + 12 > before.size());
}

TEST_CASE("a file without a digest cannot be planned", "[disk]") {
  std::vector<archive::ListedFile> files = {test::listed_file("a", 3)};
  files[0].digest.reset();
  CHECK_THROWS_AS(Planned(files), Error);
}
