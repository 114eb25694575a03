// SPDX-License-Identifier: Apache-2.0
#include "archive/tar_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <string>

#include "archive/extract.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/memory_sink.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

os::TreeEntry entry_of(std::string path, os::FileKind kind, unsigned mode) {
  os::TreeEntry entry;
  entry.path = std::move(path);
  entry.kind = kind;
  entry.mode = mode;
  entry.mtime = 1'600'000'000;
  return entry;
}

os::Fd no_content() { throw Error(Fault::internal, "content was asked for"); }

/// FNV-1a, enough to notice a changed byte without another room.
std::uint64_t checksum_of(std::string_view bytes) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const char byte : bytes) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return sum;
}

}  // namespace

TEST_CASE("a known list of entries gives known bytes", "[archive]") {
  const os::TempDir folder("tar test");
  os::write_file(folder.path() / "content", "hello\n");
  const auto open = [&] { return os::open_file(folder.path() / "content", O_RDONLY); };
  test::MemorySink memory;
  archive::TarWriter writer(memory, {.latest_mtime = 1'700'000'000});
  writer.add(entry_of(".", os::FileKind::folder, 0755), no_content);
  os::TreeEntry file = entry_of("etc/greeting", os::FileKind::regular, 0640);
  file.size = 6;
  file.uid = 1000;
  file.gid = 3'000'000;
  file.mtime = 1'800'000'000;
  file.links = 2;
  file.inode = 5;
  file.xattrs = {{"security.capability", std::string("\1\0\0\2", 4)}, {"user.a", "b"}};
  writer.add(file, open);
  file.path = "etc/same";
  writer.add(file, no_content);
  os::TreeEntry link = entry_of("etc/link", os::FileKind::link, 0777);
  link.target = std::string(120, 't');
  writer.add(link, no_content);
  os::TreeEntry device = entry_of("dev/null", os::FileKind::character_device, 0666);
  device.device = makedev(1, 3);
  writer.add(device, no_content);
  writer.finish();
  CHECK(memory.bytes.size() == 14 * 512);
  CHECK(memory.bytes.substr(memory.bytes.size() - 1024) == std::string(1024, '\0'));
  CHECK(checksum_of(memory.bytes) == 0xc1ccddf3d8762d4b);
}

TEST_CASE("a tree survives an archive", "[archive]") {
  const os::TempDir folder("tar test");
  const fs::path tree = folder.path() / "a tree";
  const std::string deep = std::string(90, 'd') + "/" + std::string(200, 'e');
  os::write_file(tree / "usr/lib/file", std::string(1'000'000, 'f'), 0755);
  os::write_file(tree / deep / "long", "long");
  os::write_file(tree / "usr/share/caf\xc3\xa9", "");
  os::write_file(tree / "etc/left/out", "x");
  fs::create_symlink("usr/lib", tree / "lib");
  fs::create_hard_link(tree / "usr/lib/file", tree / "usr/lib/again");
  REQUIRE(::chmod((tree / "usr/lib").c_str(), 0711) == 0);
  for (const auto& item : fs::recursive_directory_iterator(tree)) {
    const timespec times[2] = {{1'500'000'000, 0}, {1'500'000'000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, item.path().c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
  }

  test::MemorySink memory;
  archive::write_tree(tree, memory, {.latest_mtime = 1'600'000'000},
                      [](std::string_view path) { return path == "etc/left"; });
  os::write_file(folder.path() / "t.tar", memory.bytes);
  const fs::path out = folder.path() / "out";
  fs::create_directory(out);
  archive::extract_tar(folder.path() / "t.tar", out);

  CHECK(os::read_file(out / "usr/lib/file").size() == 1'000'000);
  CHECK(os::read_file(out / deep / "long") == "long");
  CHECK(fs::exists(out / "usr/share/caf\xc3\xa9"));
  CHECK(fs::exists(out / "etc"));
  CHECK_FALSE(fs::exists(out / "etc/left"));
  CHECK(fs::read_symlink(out / "lib") == "usr/lib");
  CHECK(fs::hard_link_count(out / "usr/lib/again") == 2);
  struct stat status {};
  REQUIRE(::stat((out / "usr/lib").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0711);
  CHECK(status.st_mtime == 1'500'000'000);
  REQUIRE(::stat((out / "usr/lib/file").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0755);
  CHECK(status.st_mtime == 1'500'000'000);

  SECTION("and the unpacked tree gives the same archive") {
    struct stat root {};
    REQUIRE(::stat(tree.c_str(), &root) == 0);
    fs::remove_all(tree / "etc/left");
    const timespec times[2] = {{1'500'000'000, 0}, {1'500'000'000, 0}};
    for (const fs::path& changed : {tree / "etc", tree, out}) {
      REQUIRE(::utimensat(AT_FDCWD, changed.c_str(), times, 0) == 0);
    }
    test::MemorySink first;
    test::MemorySink second;
    archive::write_tree(tree, first, {.latest_mtime = 1'600'000'000});
    archive::write_tree(out, second, {.latest_mtime = 1'600'000'000});
    CHECK(first.bytes == second.bytes);
  }
}

TEST_CASE("a file of another size than announced is an error", "[archive]") {
  const os::TempDir folder("tar test");
  os::write_file(folder.path() / "f", "12345");
  const auto open = [&] { return os::open_file(folder.path() / "f", O_RDONLY); };
  for (const std::uint64_t size : {4ULL, 6ULL}) {
    test::MemorySink memory;
    archive::TarWriter writer(memory, {});
    os::TreeEntry entry = entry_of("f", os::FileKind::regular, 0644);
    entry.size = size;
    CHECK_THROWS_AS(writer.add(entry, open), Error);
  }
}

TEST_CASE("a socket cannot be archived", "[archive]") {
  test::MemorySink memory;
  archive::TarWriter writer(memory, {});
  CHECK_THROWS_AS(writer.add(entry_of("s", os::FileKind::socket, 0644), no_content), Error);
}
