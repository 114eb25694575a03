// SPDX-License-Identifier: Apache-2.0
#include "agreement/root_folder.hpp"

#include <sys/stat.h>

#include "agreement/tree_index.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

TEST_CASE("links lead where the root's own processes would get, and never out", "[agreement]") {
  const os::TempDir outer("root folder test");
  const fs::path root = outer.path() / "a root";
  os::write_file(outer.path() / "etc/secret", "of the host");
  os::write_file(root / "etc/file", "of the tree");
  fs::create_symlink("/etc/file", root / "absolute");
  fs::create_symlink("../../../../etc/file", root / "upwards");
  fs::create_symlink("/etc/secret", root / "foreign");
  fs::create_symlink("loop", root / "loop");
  fs::create_symlink("/proc/self/root/etc", root / "magic");
  const agreement::RootFolder folder(root);
  CHECK(folder.read("absolute") == "of the tree");
  CHECK(folder.read("/upwards") == "of the tree");
  CHECK(folder.resolved("absolute") == "etc/file");
  CHECK(folder.resolved("/").value_or("none").empty());
  for (const char* path : {"foreign", "loop", "magic", "etc/secret", "none"})
    CHECK_FALSE(folder.read(path));
  CHECK_FALSE(folder.resolved("foreign"));
}

TEST_CASE("what is no regular file is not read, and what is too large is refused", "[agreement]") {
  const os::TempDir root("root folder test");
  REQUIRE(::mkfifo((root.path() / "pipe").c_str(), 0600) == 0);
  os::write_file(root.path() / "large", std::string(101, 'a'));
  const agreement::RootFolder folder(root.path());
  CHECK_FALSE(folder.read("pipe"));
  CHECK_FALSE(folder.read("."));
  CHECK(folder.read("large", 101)->size() == 101);
  CHECK_THROWS_AS(folder.read("large", 100), Error);
}

TEST_CASE("an index lists what is directly in a folder and what is below it", "[agreement]") {
  const os::TempDir root("tree index test");
  os::write_file(root.path() / "a/b/c", "", 0755);
  os::write_file(root.path() / "a-b", "");
  os::write_file(root.path() / "a/d", "");
  fs::create_symlink("/a/b/c", root.path() / "program");
  const agreement::TreeIndex tree(root.path());
  CHECK(tree.names_in("a") == std::vector<std::string>{"b", "d"});
  CHECK(tree.paths_below("a") == std::vector<std::string>{"a/b", "a/b/c", "a/d"});
  CHECK(tree.names_in("none").empty());
  CHECK(tree.is_program("program"));
  CHECK_FALSE(tree.is_program("a/d"));
  CHECK_FALSE(tree.is_program("a/b"));
}
