// SPDX-License-Identifier: Apache-2.0
#include "archive/extract.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "archive/sink.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/memory_sink.hpp"
#include "support/tar_text.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

/// A destination beside which nothing may appear.
struct Place {
  os::TempDir folder{"extract test"};
  fs::path out = folder.path() / "the out";

  Place() { fs::create_directory(out); }

  std::vector<std::string> extract(const std::string& bytes,
                                   const archive::ExtractOptions& options = {}) const {
    const fs::path tar = folder.path() / "t.tar";
    os::write_file(tar, bytes);
    return archive::extract_tar(tar, out, options);
  }

  std::string refusal_of(const std::string& bytes,
                         const archive::ExtractOptions& options = {}) const {
    try {
      extract(bytes, options);
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::verification);
      return error.message();
    }
    return "accepted";
  }
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("names that lead out of the destination are refused", "[archive]") {
  const Place place;
  for (const char* name : {"../evil", "a/../../evil", "./..", "a/.."}) {
    INFO(name);
    CHECK(holds(place.refusal_of(test::tar_of({{name, '0', "x"}})), "upwards"));
  }
  CHECK(holds(place.refusal_of(test::tar_of({{"/etc/evil", '0', "x"}})), "absolute"));
  CHECK(holds(place.refusal_of(test::tar_of({{"a", '1', "../evil"}})), "upwards"));
  CHECK(holds(place.refusal_of(test::tar_of({{"a", '1', "/etc/hostname"}})), "absolute"));
  CHECK(holds(place.refusal_of(test::tar_of({{std::string(300, 'n'), '0', "x"}})), "too long"));
  CHECK(holds(place.refusal_of(test::tar_of({{std::string(5000, 'n'), '0', "x"}})), "too long"));
  CHECK_FALSE(fs::exists(place.folder.path() / "evil"));
}

TEST_CASE("links lead as they would on the node, never to the host", "[archive]") {
  const Place place;
  const fs::path outside = place.folder.path() / "outside";
  fs::create_directory(outside);
  place.extract(test::tar_of({{"usr/", '5', "", 0755},
                              {"usr/lib/", '5', "", 0755},
                              {"lib", '2', "usr/lib"},
                              {"abs", '2', "/usr/lib"},
                              {"up", '2', "../../../../../usr/lib"},
                              {"lib/one", '0', "1"},
                              {"abs/two", '0', "2"},
                              {"up/three", '0', "3"}}));
  CHECK(os::read_file(place.out / "usr/lib/one") == "1");
  CHECK(os::read_file(place.out / "usr/lib/two") == "2");
  CHECK(os::read_file(place.out / "usr/lib/three") == "3");

  CHECK(
      holds(place.refusal_of(test::tar_of({{"evil", '2', outside.string()}, {"evil/x", '0', "x"}})),
            "leads nowhere"));
  CHECK(fs::is_empty(outside));
}

TEST_CASE("a folder entry keeps a link to a folder that is there", "[archive]") {
  const Place place;
  fs::create_directories(place.out / "usr/lib");
  fs::create_directory_symlink("usr/lib", place.out / "lib");
  place.extract(test::tar_of({{"./lib/", '5', "", 0700}, {"./lib/x", '0', "x"}}));
  CHECK(fs::is_symlink(place.out / "lib"));
  CHECK(os::read_file(place.out / "usr/lib/x") == "x");
  CHECK((fs::status(place.out / "usr/lib").permissions() & fs::perms::mask) != fs::perms(0700));
}

TEST_CASE("a link entry keeps a folder that is there", "[archive]") {
  const Place place;
  fs::create_directories(place.out / "lib");
  place.extract(test::tar_of({{"lib", '2', "usr/lib"}}));
  CHECK(fs::is_directory(fs::symlink_status(place.out / "lib")));
}

TEST_CASE("what is in the way is replaced, not written through", "[archive]") {
  const Place place;
  os::write_file(place.out / "shared", "old");
  fs::create_hard_link(place.out / "shared", place.out / "other");
  os::write_file(place.folder.path() / "host", "host");
  fs::create_symlink(place.folder.path() / "host", place.out / "link");
  place.extract(test::tar_of({{"shared", '0', "new"}, {"link", '0', "mine"}}));
  CHECK(os::read_file(place.out / "shared") == "new");
  CHECK(os::read_file(place.out / "other") == "old");
  CHECK(os::read_file(place.folder.path() / "host") == "host");
  CHECK(os::read_file(place.out / "link") == "mine");

  SECTION("but a folder is not replaced by a file") {
    fs::create_directory(place.out / "folder");
    CHECK(holds(place.refusal_of(test::tar_of({{"folder", '0', "x"}})), "is a folder"));
  }
  SECTION("a link that files went through is replaced for the next ones") {
    place.extract(test::tar_of(
        {{"a/", '5', "", 0755}, {"l", '2', "a"}, {"l/first", '0', "1"}, {"l", '0', "file now"}}));
    CHECK(os::read_file(place.out / "l") == "file now");
    CHECK(os::read_file(place.out / "a/first") == "1");
  }
}

TEST_CASE("modes survive any umask, folders get theirs last", "[archive]") {
  const Place place;
  const mode_t before = ::umask(077);
  place.extract(test::tar_of(
      {{"d/", '5', "", 0555}, {"d/file", '0', "x", 04755}, {"implied/file", '0', "x", 0666}}));
  ::umask(before);
  struct stat status {};
  REQUIRE(::stat((place.out / "d").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0555);
  CHECK(status.st_mtime == 1'600'000'000);
  REQUIRE(::stat((place.out / "d/file").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 04755);
  REQUIRE(::stat((place.out / "implied/file").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0666);
  ::chmod((place.out / "d").c_str(), 0755);
}

TEST_CASE("hard links join files of the destination only", "[archive]") {
  const Place place;
  place.extract(test::tar_of({{"a", '0', "x"}, {"sub/b", '1', "a"}, {"sub/b", '1', "a"}}));
  CHECK(fs::hard_link_count(place.out / "a") == 2);
  CHECK(holds(place.refusal_of(test::tar_of({{"c", '1', "absent"}})), "no file there"));
  CHECK(holds(place.refusal_of(test::tar_of({{"c", '1', "sub"}})), "no file there"));
}

TEST_CASE("devices are refused", "[archive]") {
  const Place place;
  CHECK(holds(place.refusal_of(test::tar_of({{"null", '3', ""}})), "device"));
  CHECK(holds(place.refusal_of(test::tar_of({{"disk", '4', ""}})), "device"));
}

TEST_CASE("attributes that steer overlay mounts are refused", "[archive]") {
  const Place place;
  archive::TarHeader header;
  header.path = "f";
  header.xattrs = {{"user.overlay.opaque", "y"}};
  CHECK(holds(place.refusal_of(archive::encoded(header) + std::string(1024, '\0')), "overlay"));
}

TEST_CASE("limits on entries and bytes hold", "[archive]") {
  const Place place;
  const std::string bytes = test::tar_of({{"a", '0', "12345"}, {"b", '0', "12345"}});
  CHECK(holds(place.refusal_of(bytes, {.limits = {.entries = 1}}), "more than 1 members"));
  CHECK(holds(place.refusal_of(bytes, {.limits = {.bytes = 9}}), "larger than 9 bytes"));
  CHECK(place.refusal_of(bytes, {.limits = {.entries = 2, .bytes = 10}}) == "accepted");
  // A header that promises an exabyte is stopped before anything is written.
  archive::TarHeader header;
  header.path = "bomb";
  header.size = 1ULL << 60;
  CHECK(holds(place.refusal_of(archive::encoded(header)), "larger than"));
}

TEST_CASE("only what the caller keeps is unpacked, and named if asked", "[archive]") {
  const Place place;
  const auto names = place.extract(
      test::tar_of(
          {{"./", '5', "", 0755}, {"./usr/share/doc/x", '0', "x"}, {"./usr/bin/y", '0', "y"}}),
      {.keep = [](std::string_view path) { return !path.starts_with("usr/share/doc"); },
       .listing = archive::ExtractOptions::Listing::yes});
  CHECK(names == std::vector<std::string>{"usr/bin/y"});
  CHECK_FALSE(fs::exists(place.out / "usr/share"));
}

TEST_CASE("damaged archives are refused without a crash", "[archive]") {
  const Place place;
  const std::string good = test::tar_of({{"a", '0', std::string(2000, 'a')}});
  CHECK(place.refusal_of("") != "accepted");
  CHECK(place.refusal_of("no archive at all") != "accepted");
  CHECK(place.refusal_of(good.substr(0, 1000)) != "accepted");
  std::string wrong = good;
  wrong[0] = 'b';
  CHECK(place.refusal_of(wrong) != "accepted");
}

TEST_CASE("a compressed archive is told by its first bytes, and a cut one noticed", "[archive]") {
  const Place place;
  test::MemorySink memory;
  archive::ZstdSink zstd(memory, {.level = 1, .threads = 1});
  const std::string tar = test::tar_of({{"a", '0', std::string(20'000, 'a')}});
  zstd.write({reinterpret_cast<const std::uint8_t*>(tar.data()), tar.size()});
  zstd.finish();
  place.extract(memory.bytes);
  CHECK(os::read_file(place.out / "a").size() == 20'000);
  CHECK(place.refusal_of(memory.bytes.substr(0, memory.bytes.size() / 2)) != "accepted");
}
