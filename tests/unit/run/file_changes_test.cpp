// SPDX-License-Identifier: Apache-2.0
#include "run/file_changes.hpp"

#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;
using test::listed_file;
using Kind = run::FileChange::Kind;

namespace {

std::vector<archive::ListedFile> before() {
  return test::listed_tree({listed_file("etc/gone"), listed_file("etc/same"),
                            listed_file("usr/share/doc/x/copyright"), listed_file("usr/bin/tool"),
                            listed_file("top")});
}

std::vector<archive::ListedFile> after() {
  archive::ListedFile later = listed_file("top");
  later.mtime = 9;
  return test::listed_tree({listed_file("etc/new"), listed_file("etc/same"),
                            listed_file("usr/share/doc/x/copyright", 2),
                            listed_file("usr/bin/tool", 1, 3), later});
}

}  // namespace

TEST_CASE("changes of files are told and counted in both directions") {
  const run::FileOwners owners_a = {{"usr/bin/tool", "tool"}, {"etc/gone", "old"}};
  const run::FileOwners owners_b = {{"usr/bin/tool", "tool2"}};
  const auto changes = run::file_changes(before(), after(), owners_a, owners_b);
  REQUIRE(changes.files.size() == 5);
  CHECK(changes.files[0].path == "etc/gone");
  CHECK(changes.files[0].kind == Kind::removed);
  CHECK(changes.files[0].package == "old");
  CHECK(changes.files[1].kind == Kind::added);
  CHECK(changes.files[2].path == "top");
  CHECK(changes.files[2].kind == Kind::time_only);
  CHECK(changes.files[3].package == "tool2");
  CHECK(changes.files[4].properties.size() == 2);
  CHECK(changes.total.sum() == 5);
  CHECK(changes.total.changed == 2);
  CHECK(changes.folders.at("/usr/share/doc").changed == 1);
  CHECK(changes.folders.at("/etc").added == 1);
  CHECK(changes.folders.at("/").time_only == 1);
  CHECK(changes.packages.at("").sum() == 3);

  const auto back = run::file_changes(after(), before(), owners_b, owners_a);
  CHECK(back.files[0].kind == Kind::added);
  CHECK(back.files[1].kind == Kind::removed);
  CHECK(back.total.changed == 2);
}

TEST_CASE("equal trees have no changes") {
  CHECK(run::file_changes(before(), before(), {}, {}).files.empty());
}
