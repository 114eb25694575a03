// SPDX-License-Identifier: Apache-2.0
#include "store/store.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  os::TempDir temp{"store-test"};
  fs::path folder = temp.path() / "cache";
  store::Store store{folder};

  fs::path file(const std::string& name, const std::string& content) const {
    os::write_file(temp.path() / name, content);
    return temp.path() / name;
  }
  std::size_t count_in_tmp() const {
    std::size_t count = 0;
    for (const auto& item : fs::directory_iterator(folder / "tmp"))
      if (item.path().filename() != "downloads") ++count;
    return count;
  }
};

}  // namespace

TEST_CASE("a blob is found under its digest, read-only", "[store]") {
  const Fixture f;
  const Sha256 digest = crypto::digest_of(std::string_view("hello"));
  CHECK_FALSE(f.store.find_blob(digest));
  const fs::path at = f.store.add_blob(f.file("a", "hello"), digest);
  CHECK(at == f.folder / "blobs/sha256" / digest.hex().substr(0, 2) / digest.hex());
  CHECK(os::read_file(at) == "hello");
  CHECK_FALSE(fs::exists(f.temp.path() / "a"));
  struct stat status {};
  REQUIRE(::stat(at.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0444);
  CHECK(f.store.find_blob(digest, Bytes{5}) == at);
  f.store.verify_blob(digest);
}

TEST_CASE("a blob that a crash cut short counts as absent", "[store]") {
  const Fixture f;
  const Sha256 digest = crypto::digest_of(std::string_view("hello"));
  f.store.add_blob(f.file("a", "hel"), digest);
  CHECK_FALSE(f.store.find_blob(digest, Bytes{5}));
  f.store.add_blob(f.file("b", "hello"), digest);
  CHECK(f.store.find_blob(digest, Bytes{5}));
}

TEST_CASE("a damaged blob fails its verification", "[store]") {
  const Fixture f;
  const Sha256 digest = crypto::digest_of(std::string_view("hello"));
  f.store.add_blob(f.file("a", "jello"), digest);
  try {
    f.store.verify_blob(digest);
    FAIL("not noticed");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
  }
}

TEST_CASE("many may add the same blob at once", "[store]") {
  const Fixture f;
  const std::string content(100'000, 'x');
  const Sha256 digest = crypto::digest_of(content);
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) {
    const fs::path file = f.file("f" + std::to_string(i), content);
    threads.emplace_back([&, file] {
      const fs::path at = f.store.add_blob(file, digest);
      if (os::read_file(at) == content) ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 8);
}

TEST_CASE("a committed stage is an entry with its facts", "[store]") {
  const Fixture f;
  const Sha256 key = crypto::digest_of(std::string_view("key"));
  CHECK_FALSE(f.store.find_entry(key));
  {
    auto stage = f.store.begin_entry(key);
    REQUIRE(stage);
    CHECK(fs::is_empty(stage->folder()));
    CHECK(fs::is_empty(stage->work()));
    os::write_file(stage->folder() / "etc/motd", "hello");
    os::write_file(stage->work() / "left", "over");
    const store::Entry entry = stage->commit({{"packages", "3"}, {"quoted", "a \"b\"\n"}});
    CHECK(os::read_file(entry.root / "etc/motd") == "hello");
  }
  const auto entry = f.store.find_entry(key);
  REQUIRE(entry);
  CHECK(entry->facts ==
        std::map<std::string, std::string>{{"packages", "3"}, {"quoted", "a \"b\"\n"}});
  CHECK(entry->created > 0);
  CHECK(os::read_file(entry->root / "etc/motd") == "hello");
  CHECK(f.count_in_tmp() == 0);
  CHECK_FALSE(f.store.begin_entry(key));
  f.store.remove_entry(key);
  CHECK_FALSE(f.store.find_entry(key));
}

TEST_CASE("a stage without commit leaves nothing", "[store]") {
  const Fixture f;
  const Sha256 key = crypto::digest_of(std::string_view("key"));
  {
    auto stage = f.store.begin_entry(key);
    os::write_file(stage->folder() / "locked/file", "x");
    REQUIRE(::chmod((stage->folder() / "locked").c_str(), 0) == 0);
    const store::Stage moved = std::move(*stage);
  }
  CHECK(f.count_in_tmp() == 0);
  CHECK_FALSE(f.store.find_entry(key));
  CHECK(f.store.begin_entry(key));
}

TEST_CASE("two builds of one key wait for each other, and the second finds the entry", "[store]") {
  const Fixture f;
  const Sha256 key = crypto::digest_of(std::string_view("key"));
  std::atomic<int> built{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      if (auto stage = f.store.begin_entry(key)) {
        os::write_file(stage->folder() / "x", "x");
        ++built;
        stage->commit({});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(built == 1);
  CHECK(f.store.find_entry(key));
}

TEST_CASE("an entry without sound facts is built again", "[store]") {
  const Fixture f;
  const Sha256 key = crypto::digest_of(std::string_view("key"));
  f.store.begin_entry(key)->commit({});
  os::write_file(f.folder / "trees" / key.hex() / "meta.json", "{\"facts\": 3}");
  CHECK_FALSE(f.store.find_entry(key));
  auto stage = f.store.begin_entry(key);
  REQUIRE(stage);
  stage->commit({{"a", "b"}});
  CHECK(f.store.find_entry(key));
}

TEST_CASE("stages of dead processes are swept, those of live ones are not", "[store]") {
  const Fixture f;
  const Sha256 key = crypto::digest_of(std::string_view("key"));
  os::write_file(f.folder / "tmp/stage-dead/alive", "");
  os::write_file(f.folder / "tmp/stage-dead/entry/root/file", "x");
  os::write_file(f.folder / "tmp/dead-stage-x/file", "x");
  const auto stage = f.store.begin_entry(key);
  const store::Store second(f.folder);
  CHECK_FALSE(fs::exists(f.folder / "tmp/stage-dead"));
  CHECK_FALSE(fs::exists(f.folder / "tmp/dead-stage-x"));
  CHECK(fs::exists(stage->folder()));
  CHECK(f.count_in_tmp() == 1);
}
