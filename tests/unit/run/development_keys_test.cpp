// SPDX-License-Identifier: Apache-2.0
#include "run/development_keys.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <future>

#include "base/error.hpp"
#include "os/file.hpp"
#include "run/key_files.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("development keys are made once, by whoever comes first", "[run]") {
  const os::TempDir folder("keys test");
  const fs::path cache = folder.path() / "a cache";
  const auto load = [&] { return run::load_or_make_development_keys(cache); };
  auto other = std::async(std::launch::async, load);
  const run::DevelopmentKeys mine = load();
  const run::DevelopmentKeys theirs = other.get();
  CHECK(mine.release.public_key() == theirs.release.public_key());
  CHECK(mine.module_certificate.fingerprint() == theirs.module_certificate.fingerprint());
  CHECK(mine.module_certificate.common_name() == run::development_common_name);
  CHECK(mine.module_certificate.belongs_to(mine.module));
  CHECK(mode_of(cache / "development-keys") == 0700);
  CHECK(mode_of(cache / "development-keys/release.key") == 0600);
  CHECK(mode_of(cache / "development-keys/module.key") == 0600);
}

TEST_CASE("keys that a killed process did not finish are removed by the next one", "[run]") {
  const os::TempDir folder("keys test");
  os::write_file(folder.path() / "development-keys-abcdef/release.key", "half", 0600);
  (void)run::load_or_make_development_keys(folder.path());
  CHECK_FALSE(fs::exists(folder.path() / "development-keys-abcdef"));
}

TEST_CASE("damaged development keys are named, not replaced", "[run]") {
  const os::TempDir folder("keys test");
  (void)run::load_or_make_development_keys(folder.path());
  os::write_file(folder.path() / "development-keys/module.key", "damaged", 0600);
  try {
    (void)run::load_or_make_development_keys(folder.path());
    FAIL("damaged keys were loaded");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find("remove that folder") != std::string::npos);
  }
}

TEST_CASE("a key is never overwritten", "[run]") {
  const os::TempDir folder("keys test");
  (void)run::make_release_key(folder.path());
  const std::string before = os::read_file(folder.path() / "release.key");
  CHECK_THROWS_AS(run::make_release_key(folder.path()), Error);
  CHECK(os::read_file(folder.path() / "release.key") == before);
  CHECK(run::make_module_key(folder.path(), "someone").size() == 3);
  CHECK(crypto::Certificate::load(folder.path() / "module.der").common_name() == "someone");
  CHECK_THROWS_AS(run::make_module_key(folder.path(), "someone"), Error);
}
