// SPDX-License-Identifier: Apache-2.0
#include "run/fetching.hpp"

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/fake_runner.hpp"
#include "support/recording_report.hpp"

using namespace ingot;

namespace {

struct Fixture {
  os::TempDir temp{"fetching-test"};
  store::Store store{temp.path() / "cache"};
  test::FakeRunner runner;
  test::RecordingReport report;
  os::Environment environment{{}, temp.path(), "/usr/bin/ingot"};
  spec::Lock lock;

  Fixture() {
    lock.image = "small";
    lock.repositories.resize(1);
    lock.repositories[0].name = "main";
    lock.repositories[0].archive = "standin";
  }
  void name_package(const std::string& name, const std::string& version,
                    const std::string& content) {
    spec::LockedPackage package;
    package.name = name;
    package.version = version;
    package.architecture = "amd64";
    package.sha256 = crypto::digest_of(content);
    package.size = Bytes{content.size()};
    package.repository = "main";
    package.path = "pool/main/" + name + ".deb";
    lock.image_root.push_back(package);
    lock.build_root.push_back(package);
  }
  run::Fetched fetch(std::vector<std::filesystem::path> sources,
                     std::vector<std::string> options = {}) {
    run::Mirrors mirrors(options, environment, runner);
    run::FetchRequest request{.lock = lock, .sources = std::move(sources), .fetch = {}};
    return run::fetch_locked(request, mirrors, store, report);
  }
};

}  // namespace

TEST_CASE("a locked file is fetched once for both roots and then lies in the store", "[run]") {
  Fixture f;
  f.name_package("app", "1:2.0-1", "content");
  os::write_file(f.temp.path() / "standin/pool/main/app.deb", "content");
  const auto first = f.fetch({}, {(f.temp.path() / "standin").string()});
  CHECK(first.files == 1);
  CHECK(first.brought == 1);
  CHECK(first.bytes == Bytes{7});
  CHECK(f.store.find_blob(f.lock.image_root[0].sha256));
  // No mirror is needed any more, and none is asked for.
  CHECK(f.fetch({}).brought == 0);
}

TEST_CASE("folders hold files by pool path, by name, or as apt's cache names them", "[run]") {
  Fixture f;
  f.name_package("app", "1:2.0-1", "content");
  const auto folder = f.temp.path() / "debs";
  std::string name;
  SECTION("pool path") { name = "pool/main/app.deb"; }
  SECTION("file name") { name = "app.deb"; }
  SECTION("apt's cache") { name = "app_1%3a2.0-1_amd64.deb"; }
  os::write_file(folder / name, "content");
  CHECK(f.fetch({folder}, {"standin=/nowhere"}).brought == 1);
}

TEST_CASE("a file that nobody has comes with the command that refreshes the lock", "[run]") {
  Fixture f;
  f.name_package("app", "1.0", "content");
  os::write_file(f.temp.path() / "debs/app.deb", "CONTENT");
  try {
    f.fetch({f.temp.path() / "debs"}, {"standin=/nowhere"});
    FAIL("not noticed");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::network);
    CHECK(error.message().find("ingot lock --update app small") != std::string::npos);
    CHECK(error.message().find("served other bytes") != std::string::npos);
  }
}
