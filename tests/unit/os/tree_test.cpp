// SPDX-License-Identifier: Apache-2.0
#include "os/tree.hpp"

#include <array>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::os;
namespace fs = std::filesystem;

namespace {

std::map<std::string, TreeEntry> entries_of(const fs::path& root) {
  std::map<std::string, TreeEntry> entries;
  walk_tree(root, [&](const TreeEntry& entry, const auto&) { entries[entry.path] = entry; });
  return entries;
}

}  // namespace

TEST_CASE("parents come first and siblings in byte order", "[os]") {
  const TempDir root("tree test");
  for (const char* file : {"b/z", "b/a", "b.c", "B", "\xc3\xa4", "a b"}) {
    write_file(root.path() / file, "");
  }
  std::vector<std::string> paths;
  walk_tree(root.path(), [&](const TreeEntry& entry, const auto&) { paths.push_back(entry.path); });
  CHECK(paths == std::vector<std::string>{".", "B", "a b", "b", "b/a", "b/z", "b.c", "\xc3\xa4"});
}

TEST_CASE("an entry tells all that an archive needs", "[os]") {
  const TempDir root("tree test");
  write_file(root.path() / "file", "content", 04755);
  const timespec times[2] = {{1000, 5}, {2000, 7}};
  ::utimensat(AT_FDCWD, (root.path() / "file").c_str(), times, 0);
  fs::create_symlink("/no/where", root.path() / "link");
  ::mkfifo((root.path() / "pipe").c_str(), 0600);
  fs::create_directory(root.path() / "folder");
  ::chmod((root.path() / "folder").c_str(), 01777);
  const auto entries = entries_of(root.path());
  const TreeEntry& file = entries.at("file");
  CHECK(file.kind == FileKind::regular);
  CHECK(file.mode == 04755);
  CHECK(file.size == 7);
  CHECK(file.mtime == 2000);
  CHECK(file.uid == ::geteuid());
  CHECK(entries.at("link").kind == FileKind::link);
  CHECK(entries.at("link").target == "/no/where");
  CHECK(entries.at("pipe").kind == FileKind::fifo);
  CHECK(entries.at("folder").kind == FileKind::folder);
  CHECK(entries.at("folder").mode == 01777);
  CHECK(entries.at("folder").size == 0);
}

TEST_CASE("hard links share their number, and equal trees have equal numbers", "[os]") {
  const TempDir one("tree test");
  const TempDir two("tree test");
  for (const fs::path& root : {one.path(), two.path()}) {
    write_file(root / "b", "");
    write_file(root / "c", "");
    fs::create_hard_link(root / "b", root / "a");
  }
  const auto first = entries_of(one.path());
  CHECK(first.at("a").inode == first.at("b").inode);
  CHECK(first.at("a").links == 2);
  CHECK(first.at("c").inode != first.at("b").inode);
  for (const auto& [path, entry] : entries_of(two.path())) {
    CHECK(entry.inode == first.at(path).inode);
  }
}

TEST_CASE("the content is opened while its entry is visited", "[os]") {
  const TempDir root("tree test");
  write_file(root.path() / "folder/file", "content");
  std::string content;
  walk_tree(root.path(), [&](const TreeEntry& entry, const std::function<Fd()>& open) {
    if (entry.kind != FileKind::regular) return;
    std::array<std::uint8_t, 100> buffer{};
    const std::size_t got = read_some(open().get(), buffer, entry.path);
    content.assign(reinterpret_cast<const char*>(buffer.data()), got);
  });
  CHECK(content == "content");
}

TEST_CASE("extended attributes are told, but those of overlays are not", "[os]") {
  const TempDir root("tree test");
  write_file(root.path() / "file", "");
  const std::string path = (root.path() / "file").string();
  const std::string large(3000, 'v');
  if (::setxattr(path.c_str(), "user.large", large.data(), large.size(), 0) != 0) return;
  REQUIRE(::setxattr(path.c_str(), "user.empty", "", 0, 0) == 0);
  REQUIRE(::setxattr(path.c_str(), "user.overlay.opaque", "y", 1, 0) == 0);
  const std::map<std::string, std::string> expected{{"user.large", large}, {"user.empty", ""}};
  CHECK(entries_of(root.path()).at("file").xattrs == expected);
}

TEST_CASE("a root that is not there is an error", "[os]") {
  CHECK_THROWS_AS(entries_of("/no/such/tree"), Error);
}
