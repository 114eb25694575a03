// SPDX-License-Identifier: Apache-2.0
#include "store/collection.hpp"

#include <string>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "store/store.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t piece = 256 << 10;

void used_at(const fs::path& file, std::int64_t seconds) {
  const timespec times[] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                            {.tv_sec = seconds, .tv_nsec = 0}};
  REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
}

struct Fixture {
  os::TempDir temp{"collection-test"};
  fs::path cache = temp.path() / "cache";

  Fixture() {
    const store::Store store(cache);
    for (const auto& [name, age] : {std::pair{"old", 1}, {"new", 4}}) {
      auto stage = store.begin_entry(crypto::digest_of(name));
      os::write_file(stage->folder() / "file", std::string(piece, 'x'));
      used_at(stage->commit({{"step", name}}).folder / "meta.json", age);
    }
    const std::string text(piece, 'b');
    os::write_file(temp.path() / "blob", text);
    used_at(store.add_blob(temp.path() / "blob", crypto::digest_of(text)), 2);
  }

  std::string names() const {
    std::string text;
    for (const store::CacheItem& item : store::cache_items(cache))
      text += (item.kind == store::ItemKind::blob ? "blob" : item.step) + " ";
    return text;
  }
};

}  // namespace

TEST_CASE("what a cache holds is told, the longest unused first", "[store]") {
  const Fixture f;
  CHECK(f.names() == "old blob new ");
  CHECK(store::cache_items(f.cache).front().size.count >= piece);
  CHECK(store::cache_items(f.temp.path() / "nowhere").empty());
}

TEST_CASE("finding something makes it used now", "[store]") {
  const Fixture f;
  CHECK(store::Store(f.cache).find_entry(crypto::digest_of("old")));
  CHECK(f.names() == "blob new old ");
}

TEST_CASE("what was longest unused is removed until the rest is small enough", "[store]") {
  const Fixture f;
  const store::Collected one = store::collect(f.cache, {5 * piece / 2}, {});
  CHECK(one.removed == 1);
  CHECK(f.names() == "blob new ");
  CHECK(one.left.count <= 5 * piece / 2);
  CHECK(store::collect(f.cache, {5 * piece / 2}, {}).removed == 0);
  CHECK(store::collect(f.cache, {0}, {}).removed == 2);
  CHECK(f.names().empty());
}

TEST_CASE("what is to be kept stays, however old and large", "[store]") {
  const Fixture f;
  const store::Collected result = store::collect(f.cache, {0}, {crypto::digest_of("old").hex()});
  CHECK(f.names() == "old ");
  CHECK(result.kept.count >= piece);
  CHECK(result.left == result.kept);
}

TEST_CASE("nothing is taken from a cache in use, or from what is none", "[store]") {
  const Fixture f;
  {
    const store::Store store(f.cache);
    CHECK_THROWS_AS(store::collect(f.cache, {0}, {}), Error);
  }
  CHECK_THROWS_AS(store::collect(f.temp.path(), {0}, {}), Error);
  CHECK(f.names() == "old blob new ");
}
