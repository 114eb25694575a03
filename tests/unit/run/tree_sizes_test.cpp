// SPDX-License-Identifier: Apache-2.0
#include "run/tree_sizes.hpp"

#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;
using test::listed_file;
using Sizes = std::map<std::string, std::uint64_t>;

TEST_CASE("sizes are summed by folder and package, and several names count once") {
  archive::ListedFile second = listed_file("usr/bin/b", 10);
  second.hard_link = "usr/bin/a";
  const auto files =
      test::listed_tree({listed_file("usr/bin/a", 10), second, listed_file("usr/lib/deep/x", 100),
                         listed_file("boot/vmlinuz", 1000), listed_file("top", 5),
                         listed_file("usr/file", 1), test::listed_link("etc/link", "x")});
  const auto sizes = run::tree_sizes(files, {{"usr/bin/a", "tool"}, {"usr/lib/deep/x", "lib"}});
  CHECK(sizes.total == 1116);
  CHECK(sizes.folders ==
        Sizes{{"/", 5}, {"/boot", 1000}, {"/usr", 1}, {"/usr/bin", 10}, {"/usr/lib", 100}});
  CHECK(sizes.packages == Sizes{{"", 1006}, {"lib", 100}, {"tool", 10}});
}
