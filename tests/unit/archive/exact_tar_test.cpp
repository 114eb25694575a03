// SPDX-License-Identifier: Apache-2.0
#include "archive/exact_tar.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "archive/layers.hpp"
#include "archive/sink.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "os/file_stamp.hpp"
#include "os/filled_ranges.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  os::TempDir temp{"exact-tar-test"};
  fs::path from = temp.path() / "from";
  fs::path to = temp.path() / "to";

  Fixture() {
    fs::create_directories(from);
    fs::create_directories(to / "root");
  }

  void pack() const {
    const os::Fd file = os::open_file(temp.path() / "tar", O_WRONLY | O_CREAT | O_TRUNC);
    archive::FdSink out(file.get(), "tar");
    archive::ZstdSink zstd(out, {.level = 1});
    archive::ExactTarWriter writer(zstd);
    writer.add_text("facts", "text");
    writer.add_tree(from, "root");
    writer.finish();
    zstd.finish();
  }

  void unpack(const archive::ExactTarLimits& limits = {}) const {
    const os::Fd file = os::open_file(temp.path() / "tar", O_RDONLY);
    archive::unpack_exact_tar(file.get(), to, limits);
  }
};

void set_time(const fs::path& path, std::int64_t seconds, long nanoseconds) {
  const timespec times[] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
  REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
}

archive::ContentDigest no_digest() {
  return {[](std::span<const std::uint8_t>) {}, [] { return Sha256(); }};
}

}  // namespace

TEST_CASE("an overlay's upper comes out of an exact tar as it went in", "[archive]") {
  const Fixture f;
  fs::create_directories(f.from / "etc/opaque");
  os::write_file(f.from / "etc/file", "content", 0640);
  os::write_file(f.from / "etc/setuid", "content");
  REQUIRE(::chmod((f.from / "etc/setuid").c_str(), 04755) == 0);
  os::write_file(f.from / "etc/\xff\xfe name\n", "bytes");
  const std::string long_name = std::string(120, 'n') + "\xc3\xbc\xff";
  os::write_file(f.from / long_name, "long");
  fs::create_hard_link(f.from / long_name, f.from / "zz \xff");
  fs::create_hard_link(f.from / "etc/file", f.from / "etc/same");
  fs::create_symlink(std::string(150, 't') + "\xff", f.from / "etc/link");
  REQUIRE(::mkfifo((f.from / "pipe").c_str(), 0600) == 0);
  os::write_file(f.from / "empty", "");
  // Anybody may make a whiteout (Linux 5.8).
  const bool whiteouts = ::mknod((f.from / "gone").c_str(), S_IFCHR | 0644, makedev(0, 0)) == 0;
  const bool attributes =
      ::setxattr((f.from / "etc/opaque").c_str(), "user.overlay.opaque", "y", 1, 0) == 0 &&
      ::setxattr((f.from / "etc/file").c_str(), "user.note", "a\0b", 3, 0) == 0;
  if (attributes)
    ::setxattr((f.from / "etc").c_str(), "user.overlay.origin", "of this machine", 15, 0);
  // Root may give links attributes.
  ::lsetxattr((f.from / "etc/link").c_str(), "trusted.note", "x", 1, 0);
  set_time(f.from / "etc/file", 1'600'000'000, 123'456'789);
  set_time(f.from / "etc/link", 1'600'000'000, 5);
  set_time(f.from / "etc/opaque", -5, 0);
  set_time(f.from, 1'500'000'000, 0);
  REQUIRE(::chmod(f.from.c_str(), 0711) == 0);

  f.pack();
  f.unpack();
  CHECK(archive::list_layer(f.from, no_digest()) ==
        archive::list_layer(f.to / "root", no_digest()));
  CHECK(os::read_file(f.to / "facts") == "text");
  CHECK(os::read_file(f.to / "root" / long_name) == "long");
  CHECK(fs::hard_link_count(f.to / "root/etc/file") == 2);
  const auto stamp = os::file_stamp(f.to / "root/etc/file");
  REQUIRE(stamp);
  CHECK(os::time_text(*stamp) == "1600000000.123456789");
  if (whiteouts) {
    struct stat status {};
    REQUIRE(::lstat((f.to / "root/gone").c_str(), &status) == 0);
    CHECK(S_ISCHR(status.st_mode));
    CHECK(status.st_rdev == 0);
  }
  if (attributes) {
    char value[8] = {};
    CHECK(::getxattr((f.to / "root/etc/opaque").c_str(), "user.overlay.opaque", value, 8) == 1);
    CHECK(::getxattr((f.to / "root/etc").c_str(), "user.overlay.origin", value, 8) < 0);
  }
}

TEST_CASE("equal trees give equal exact tars", "[archive]") {
  const Fixture f;
  os::write_file(f.from / "file", "content");
  f.pack();
  const std::string first = os::read_file(f.temp.path() / "tar");
  f.pack();
  CHECK(os::read_file(f.temp.path() / "tar") == first);
}

TEST_CASE("holes stay holes in an exact tar", "[archive]") {
  const Fixture f;
  constexpr std::uint64_t size = 3ULL << 30;
  os::write_file(f.from / "disk", "begin");
  {
    const os::Fd disk = os::open_file(f.from / "disk", O_WRONLY);
    REQUIRE(::ftruncate(disk.get(), size) == 0);
    REQUIRE(::pwrite(disk.get(), "middle", 6, 1 << 30) == 6);
  }
  os::write_file(f.from / "only a hole", "");
  fs::resize_file(f.from / "only a hole", 5'000'000);
  f.pack();
  CHECK(fs::file_size(f.temp.path() / "tar") < 10'000);
  f.unpack();
  CHECK(fs::file_size(f.to / "root/disk") == size);
  CHECK(fs::file_size(f.to / "root/only a hole") == 5'000'000);
  const os::Fd before = os::open_file(f.from / "disk", O_RDONLY);
  const os::Fd after = os::open_file(f.to / "root/disk", O_RDONLY);
  CHECK(os::filled_ranges(before.get(), "disk") == os::filled_ranges(after.get(), "disk"));
  char bytes[6] = {};
  REQUIRE(::pread(after.get(), bytes, 6, 1 << 30) == 6);
  CHECK(std::string(bytes, 6) == "middle");
}

TEST_CASE("an exact tar above the limits, or cut, is refused", "[archive]") {
  const Fixture f;
  os::write_file(f.from / "file", std::string(100'000, 'x'));
  f.pack();
  CHECK_THROWS_AS(f.unpack({.bytes = 50'000}), Error);
  CHECK_THROWS_AS(f.unpack({.members = 2}), Error);
  CHECK_THROWS_AS(f.unpack({.names = 4}), Error);
  fs::resize_file(f.temp.path() / "tar", fs::file_size(f.temp.path() / "tar") / 2);
  CHECK_THROWS_AS(f.unpack(), Error);
  fs::resize_file(f.temp.path() / "tar", 0);
  CHECK_THROWS_AS(f.unpack(), Error);
}
