// SPDX-License-Identifier: Apache-2.0
#include "os/file.hpp"

#include <array>
#include <iterator>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::os;
namespace fs = std::filesystem;

namespace {

template <class Work>
Fault fault_of(Work&& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::internal;
}

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("a file is read whole, up to the limit", "[os]") {
  const TempDir folder("file test");
  const fs::path path = folder.path() / "a file";
  const std::string content(200000, 'x');
  write_file(path, content);
  CHECK(read_file(path) == content);
  CHECK(read_file(path, 200000) == content);
  CHECK(fault_of([&] { read_file(path, 199999); }) == Fault::input);
  CHECK(fault_of([&] { read_file(folder.path() / "absent"); }) == Fault::io);
  CHECK(fault_of([&] { read_file(folder.path()); }) == Fault::io);
  CHECK_FALSE(read_file_if_any(folder.path() / "absent"));
  CHECK_FALSE(read_file_if_any(path / "below"));
  CHECK(read_file_if_any(path) == content);
}

TEST_CASE("a pipe is refused instead of waited for", "[os]") {
  const TempDir folder("file test");
  REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  CHECK(fault_of([&] { read_file(folder.path() / "pipe"); }) == Fault::io);
}

TEST_CASE("files that do not know their size are read all the same", "[os]") {
  CHECK_FALSE(read_file("/proc/self/status").empty());
}

TEST_CASE("a file has its name only once it is complete", "[os]") {
  const TempDir folder("file test");
  const fs::path path = folder.path() / "deep" / "file";
  {
    AtomicFile file(path, 0640);
    file.write("half");
    CHECK_FALSE(fs::exists(path));
  }
  CHECK(entries_in(path.parent_path()) == 0);
  AtomicFile first(path, 0640);
  AtomicFile file(std::move(first));
  file.write("who");
  file.write("le");
  file.commit(Durable::yes);
  CHECK(read_file(path) == "whole");
  CHECK((fs::status(path).permissions() & fs::perms::all) == fs::perms(0640));
  CHECK(entries_in(path.parent_path()) == 1);
}

TEST_CASE("a replaced file is old or new, never missing", "[os]") {
  const TempDir folder("file test");
  write_file(folder.path() / "f", "old");
  const Fd old = open_file(folder.path() / "f", O_RDONLY);
  write_file(folder.path() / "f", "new");
  std::array<std::uint8_t, 8> buffer{};
  CHECK(read_some(old.get(), buffer, "f") == 3);
  CHECK(buffer[0] == 'o');
  CHECK(read_file(folder.path() / "f") == "new");
}

TEST_CASE("a temporary folder goes with its owner, unless it is kept", "[os]") {
  const TempDir parent("file test");
  fs::path gone;
  fs::path stays;
  {
    TempDir first("a", parent.path());
    gone = first.path();
    write_file(gone / "x" / "y", "");
    const TempDir moved(std::move(first));
    CHECK(moved.path() == gone);
    TempDir second("b", parent.path());
    stays = second.keep();
  }
  CHECK_FALSE(fs::exists(gone));
  CHECK(fs::exists(stays));
}

TEST_CASE("removing a tree opens closed folders and follows no links", "[os]") {
  const TempDir folder("file test");
  const fs::path tree = folder.path() / "tree";
  write_file(folder.path() / "outside" / "file", "safe");
  write_file(tree / "closed" / "inner" / "file", "");
  write_file(tree / "read-only" / "file", "");
  fs::create_directory_symlink(folder.path() / "outside", tree / "link");
  ::chmod((tree / "closed").c_str(), 0);
  ::chmod((tree / "read-only").c_str(), 0555);
  remove_tree(tree);
  CHECK_FALSE(fs::exists(tree));
  CHECK(read_file(folder.path() / "outside" / "file") == "safe");
  remove_tree(tree);
  remove_tree(folder.path() / "absent" / "deeper");
  fs::create_directory_symlink("outside", folder.path() / "link");
  remove_tree(folder.path() / "link");
  CHECK_FALSE(fs::is_symlink(folder.path() / "link"));
  CHECK(fs::exists(folder.path() / "outside" / "file"));
  remove_tree(folder.path() / "outside/");
  CHECK_FALSE(fs::exists(folder.path() / "outside"));
}
