// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "archive/deb.hpp"
#include "archive/framed_tar.hpp"
#include "archive/listing.hpp"
#include "archive/sink.hpp"
#include "archive/tar_writer.hpp"
#include "os/file.hpp"
#include "os/process.hpp"
#include "support/catch.hpp"
#include "support/memory_sink.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

os::Outcome call(std::string program, std::vector<std::string> arguments) {
  return os::require(
      os::SystemRunner(),
      {.program = std::move(program), .args = std::move(arguments), .why = "ask a foreign tool"});
}

/// A tree with what archives get wrong.
void make_tree(const fs::path& root) {
  const std::string deep = std::string(120, 'd') + "/" + std::string(130, 'e');
  os::write_file(root / "usr/bin/tool", std::string(300'000, 't'), 0755);
  fs::create_hard_link(root / "usr/bin/tool", root / "usr/bin/tool2");
  os::write_file(root / deep / std::string(200, 'f'), "deep");
  os::write_file(root / "usr/share/T\xc3\xa4st \xe2\x82\xac", "name");
  os::write_file(root / "usr/share/empty", "");
  fs::create_symlink(std::string(150, 'l'), root / "usr/share/long link");
  fs::create_symlink("usr/bin", root / "bin");
  REQUIRE(::mkfifo((root / "usr/pipe").c_str(), 0600) == 0);
  REQUIRE(::chmod((root / "usr/bin/tool").c_str(), 04755) == 0);
  REQUIRE(::chmod((root / "usr/share").c_str(), 01777) == 0);
  if (::geteuid() == 0) {
    REQUIRE(::lchown((root / "usr/share/empty").c_str(), 3'000'000, 4'000'000) == 0);
  }
}

/// Bytes that stand for everything an archive says of a tree.
std::string fingerprint_of(const fs::path& root) {
  test::MemorySink sink;
  archive::write_tree(root, sink, {.latest_mtime = 4'000'000'000});
  return sink.bytes;
}

}  // namespace

TEST_CASE("GNU tar unpacks our compressed archive to the same tree", "[archive]") {
  const os::TempDir folder("archive test");
  const fs::path tree = folder.path() / "tree";
  make_tree(tree);
  const fs::path file = folder.path() / "t.tar.zst";
  {
    const os::Fd fd = os::open_file(file, O_WRONLY | O_CREAT);
    archive::FdSink out(fd.get(), file);
    archive::ZstdSink zstd(out, {.level = 3, .threads = 2});
    archive::write_tree(tree, zstd, {.latest_mtime = 4'000'000'000});
    zstd.finish();
  }
  call("zstd", {"-q", "-t", file.string()});
  const fs::path out = folder.path() / "out";
  fs::create_directory(out);
  const os::Outcome outcome = call(
      "tar", {"--zstd", "--numeric-owner", "-p", "-x", "-f", file.string(), "-C", out.string()});
  CHECK(outcome.output.empty());
  CHECK((fingerprint_of(out) == fingerprint_of(tree)));
}

TEST_CASE("zstd unpacks our frames to the very archive that is written without them", "[archive]") {
  const os::TempDir folder("archive test");
  const fs::path tree = folder.path() / "tree";
  make_tree(tree);
  std::string large;
  for (unsigned i = 0; large.size() < 1'000'000; ++i) large += std::to_string(i * 2654435761U);
  os::write_file(tree / "usr/lib/large", large);
  os::write_file(tree / "usr-is-walked-later", "x");
  // What stands for a digest need only be the same for the same file.
  std::uint8_t number = 0;
  const auto files = archive::list_tree(
      tree, 4'000'000'000,
      {[](std::span<const std::uint8_t>) {}, [&] { return Sha256({++number}); }});
  const fs::path file = folder.path() / "t.tar.zst";
  {
    const os::Fd fd = os::open_file(file, O_WRONLY | O_CREAT);
    archive::FdSink out(fd.get(), file);
    const auto pieces = archive::write_framed_tar(
        {.files = files,
         .open = archive::content_below(tree),
         .digest = [&](std::span<const std::uint8_t>) { return Sha256({++number}); },
         .options = {.level = 3, .cut = {.least = 2048, .most = 262'144, .one_in = 1}}},
        out);
    out.finish();
    CHECK(pieces.size() > 5);
  }
  const fs::path plain = folder.path() / "t.tar";
  call("zstd", {"-q", "-d", file.string(), "-o", plain.string()});
  CHECK((os::read_file(plain) == fingerprint_of(tree)));
}

TEST_CASE("we unpack GNU tar's archives to the same tree", "[archive]") {
  const os::TempDir folder("archive test");
  const fs::path tree = folder.path() / "tree";
  make_tree(tree);
  for (const char* format : {"gnu", "posix"}) {
    for (const char* filter : {"--no-auto-compress", "--gzip", "--xz", "--zstd"}) {
      INFO(format << " " << filter);
      const fs::path file = folder.path() / "t";
      call("tar", {std::string("--format=") + format, filter, "-c", "-f", file.string(), "-C",
                   tree.string(), "."});
      const os::TempDir out("archive test");
      REQUIRE(::chmod(out.path().c_str(), 0755) == 0);
      archive::extract_tar(file, out.path());
      struct stat root {};
      REQUIRE(::stat(tree.c_str(), &root) == 0);
      const timespec times[2] = {root.st_atim, root.st_mtim};
      REQUIRE(::utimensat(AT_FDCWD, out.path().c_str(), times, 0) == 0);
      CHECK((fingerprint_of(out.path()) == fingerprint_of(tree)));
    }
  }
}

TEST_CASE("a sparse file keeps its content", "[archive]") {
  const os::TempDir folder("archive test");
  const fs::path tree = folder.path() / "tree";
  os::write_file(tree / "sparse", "start");
  fs::resize_file(tree / "sparse", 5'000'000);
  call("tar", {"-S", "-c", "-f", (folder.path() / "t").string(), "-C", tree.string(), "."});
  const fs::path out = folder.path() / "out";
  fs::create_directory(out);
  archive::extract_tar(folder.path() / "t", out);
  CHECK(os::read_file(out / "sparse") == os::read_file(tree / "sparse"));
}

TEST_CASE("packages of dpkg-deb are read as dpkg-deb reads them", "[archive]") {
  const os::TempDir folder("archive test");
  const fs::path tree = folder.path() / "tree";
  make_tree(tree);
  os::write_file(
      tree / "DEBIAN/control",
      "Package: thing\nVersion: 1:2-3\nArchitecture: all\nMaintainer: A <a@example.test>\n"
      "Description: one\n two\n .\n three\n");
  os::write_file(tree / "DEBIAN/postinst", "#!/bin/sh\nexit 0\n", 0755);
  REQUIRE(::chmod(tree.c_str(), 0755) == 0);
  for (const char* compression : {"xz", "gzip", "zstd", "none"}) {
    INFO(compression);
    const fs::path deb = folder.path() / "thing.deb";
    call("dpkg-deb", {std::string("-Z") + compression, "-b", tree.string(), deb.string()});
    const archive::DebControl control = archive::read_deb_control(deb);
    CHECK(control.field("Version") == "1:2-3");
    CHECK(control.field("Description") == "one\ntwo\n.\nthree");
    CHECK(control.files.at("postinst") == "#!/bin/sh\nexit 0\n");
    const os::TempDir ours("archive test");
    const os::TempDir theirs("archive test");
    archive::extract_deb(deb, ours.path());
    call("dpkg-deb", {"-x", deb.string(), theirs.path().string()});
    // dpkg-deb's tar does not restore the time of every folder; and the roots are ours.
    for (const os::TempDir* out : {&ours, &theirs}) {
      REQUIRE(::chmod(out->path().c_str(), 0755) == 0);
      const timespec times[2] = {{1, 0}, {1, 0}};
      for (const fs::path& folder_there : {out->path(), out->path() / "usr/share"}) {
        REQUIRE(::utimensat(AT_FDCWD, folder_there.c_str(), times, 0) == 0);
      }
    }
    CHECK((fingerprint_of(ours.path()) == fingerprint_of(theirs.path())));
  }
}
