// SPDX-License-Identifier: Apache-2.0
#include "store/cache_use.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "store/store.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

Fault fault_of_clearing(const std::filesystem::path& cache) {
  try {
    store::clear_cache(cache);
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::internal;
}

}  // namespace

TEST_CASE("a cache that nobody uses is removed with all it holds", "[store]") {
  const os::TempDir temp("cache");
  const auto cache = temp.path() / "cache";
  { const store::Store store(cache); }
  os::write_file(cache / "trees" / "some" / "file", std::string(64 << 10, 'x'));
  os::write_file(cache / "development-keys" / "release.key", "key");
  os::write_file(cache / "development-keys.lock", "");
  os::write_file(cache / "appliance" / "one" / "root", "disk");
  os::write_file(cache / "locks" / "some.lock", "");
  CHECK(store::clear_cache(cache).count >= 64U << 10);
  CHECK_FALSE(std::filesystem::exists(cache));
  CHECK(store::clear_cache(cache).count == 0);
}

TEST_CASE("a cache in use stays as it is", "[store]") {
  const os::TempDir temp("cache");
  const auto cache = temp.path() / "cache";
  const store::Store store(cache);
  const store::Store other(cache);
  os::write_file(cache / "trees" / "file", "x");
  CHECK(fault_of_clearing(cache) == Fault::environment);
  CHECK(std::filesystem::exists(cache / "trees" / "file"));
}

TEST_CASE("files that are not ours stay, and folders that are no cache", "[store]") {
  const os::TempDir temp("cache");
  os::write_file(temp.path() / "letters" / "first", "dear");
  CHECK(fault_of_clearing(temp.path() / "letters") == Fault::input);
  CHECK(std::filesystem::exists(temp.path() / "letters" / "first"));
  const auto cache = temp.path() / "cache";
  { const store::Store store(cache); }
  os::write_file(cache / "own notes", "mine");
  store::clear_cache(cache);
  CHECK(std::filesystem::exists(cache / "own notes"));
  CHECK_FALSE(std::filesystem::exists(cache / "blobs"));
}

TEST_CASE("a cache can be used again after it was cleared", "[store]") {
  const os::TempDir temp("cache");
  { const store::Store store(temp.path() / "cache"); }
  store::clear_cache(temp.path() / "cache");
  const store::Store store(temp.path() / "cache");
  CHECK(std::filesystem::exists(temp.path() / "cache" / "trees"));
}
