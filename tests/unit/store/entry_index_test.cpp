// SPDX-License-Identifier: Apache-2.0
#include "store/entry_index.hpp"

#include <functional>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  os::TempDir temp{"index-test"};
  store::Store store{temp.path() / "cache"};
  store::Entry entry = made();

  store::Entry made() const {
    auto stage = store.begin_entry(crypto::digest_of("key"));
    os::write_file(stage->folder() / "etc/config", "some text");
    fs::create_symlink("config", stage->folder() / "etc/link");
    store::write_index(*stage);
    return stage->commit({});
  }
};

void rewrite(const fs::path& file, const std::string& text) {
  struct stat before {};
  REQUIRE(::stat(file.c_str(), &before) == 0);
  os::write_file(file, text);
  const timespec times[] = {before.st_atim, before.st_mtim};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

}  // namespace

TEST_CASE("an index tells what an entry holds, and that it still does", "[store]") {
  const Fixture f;
  CHECK(store::has_index(f.entry));
  const auto files = store::read_index(f.entry);
  REQUIRE(files.size() == 4);
  CHECK(files[2].path == "etc/config");
  CHECK(files[2].digest == crypto::digest_of("some text"));
  CHECK_FALSE(store::alteration(f.entry, store::Look::quick));
  CHECK_FALSE(store::alteration(f.entry, store::Look::content));
}

TEST_CASE("an entry without an index says so", "[store]") {
  const Fixture f;
  fs::remove(f.entry.folder / "index.mtree");
  CHECK_FALSE(store::has_index(f.entry));
  CHECK_THROWS_AS(store::read_index(f.entry), Error);
  CHECK(store::alteration(f.entry, store::Look::quick));
}

TEST_CASE("whatever is altered in an entry is found and named", "[store]") {
  struct Way {
    std::string name;
    std::function<void(const fs::path&)> alter;
    std::string says;
  };
  const Way way = GENERATE(values<Way>({
      {"longer", [](const fs::path& root) { os::write_file(root / "etc/config", "a longer text"); },
       ""},
      {"cut", [](const fs::path& root) { rewrite(root / "etc/config", "some"); },
       "etc/config: another size"},
      {"gone", [](const fs::path& root) { fs::remove(root / "etc/link"); }, "etc"},
      {"new", [](const fs::path& root) { os::write_file(root / "etc/z", ""); }, "etc"},
      {"mode", [](const fs::path& root) { fs::permissions(root / "etc/config", fs::perms(0600)); },
       "etc/config: another mode or owner"},
      {"all gone", [](const fs::path& root) { fs::remove_all(root); }, ""},
  }));
  const Fixture f;
  way.alter(f.entry.root);
  const auto found = store::alteration(f.entry, store::Look::quick);
  INFO(way.name);
  REQUIRE(found);
  CHECK(found->starts_with(way.says));
}

TEST_CASE("other content of the same size and time is found by reading it", "[store]") {
  const Fixture f;
  struct stat folder {};
  REQUIRE(::stat((f.entry.root / "etc").c_str(), &folder) == 0);
  rewrite(f.entry.root / "etc/config", "same size");
  const timespec times[] = {folder.st_atim, folder.st_mtim};
  REQUIRE(::utimensat(AT_FDCWD, (f.entry.root / "etc").c_str(), times, 0) == 0);
  CHECK_FALSE(store::alteration(f.entry, store::Look::quick));
  CHECK(store::alteration(f.entry, store::Look::content) == "etc/config: other content");
}

TEST_CASE("a damaged index is an alteration", "[store]") {
  const Fixture f;
  const std::string text = os::read_file(f.entry.folder / "index.mtree");
  os::write_file(f.entry.folder / "index.mtree", text.substr(0, text.size() / 2));
  CHECK_THROWS_AS(store::read_index(f.entry), Error);
  CHECK(store::alteration(f.entry, store::Look::quick));
}

TEST_CASE("of a series the newest entries stay", "[store]") {
  const os::TempDir temp("series-test");
  const store::Store store(temp.path() / "cache");
  for (const char* name : {"a", "b", "c", "b"}) {
    const Sha256 key = crypto::digest_of(name);
    if (auto stage = store.begin_entry(key)) stage->commit({});
    store.keep_newest("image/disk", key, 2);
  }
  CHECK_FALSE(store.find_entry(crypto::digest_of("a")));
  CHECK(store.find_entry(crypto::digest_of("b")));
  CHECK(store.find_entry(crypto::digest_of("c")));
  CHECK(store.newest("image/disk") == std::vector{crypto::digest_of("b"), crypto::digest_of("c")});
  CHECK(store.newest("image/other").empty());
  store.keep_newest("earlier/disk", crypto::digest_of("e"), 2);
  fs::last_write_time(temp.path() / "cache/newest/earlier/disk", fs::file_time_type::min());
  CHECK(store.newest_named("disk") ==
        std::vector{crypto::digest_of("b"), crypto::digest_of("c"), crypto::digest_of("e")});
  CHECK(store.newest_named("other").empty());
  os::write_file(temp.path() / "cache/newest/image/disk", "no key\n");
  CHECK(store.newest("image/disk").empty());
}
