// SPDX-License-Identifier: Apache-2.0
#include "os/file_lock.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot::os;
using namespace std::chrono_literals;

TEST_CASE("a lock has one holder, and ends with it", "[os]") {
  const TempDir folder("lock test");
  const auto path = folder.path() / "lock";
  {
    const auto lock = FileLock::try_now(path);
    REQUIRE(lock);
    CHECK_FALSE(FileLock::try_now(path));
  }
  CHECK(FileLock::try_now(path));
}

TEST_CASE("waiting for a lock ends when it is free", "[os]") {
  const TempDir folder("lock test");
  const auto path = folder.path() / "lock";
  std::atomic<bool> taken{false};
  auto lock = FileLock::try_now(path);
  REQUIRE(lock);
  std::thread other([&] {
    const FileLock waited = FileLock::wait(path);
    taken = true;
  });
  std::this_thread::sleep_for(30ms);
  CHECK_FALSE(taken);
  lock.reset();
  other.join();
  CHECK(taken);
}

TEST_CASE("a shared lock has many holders, and excludes others", "[os]") {
  const TempDir folder("lock test");
  const auto path = folder.path() / "lock";
  {
    const FileLock one = FileLock::wait_shared(path);
    const FileLock two = FileLock::wait_shared(path);
    CHECK_FALSE(FileLock::try_now(path));
  }
  CHECK(FileLock::try_now(path));
}

TEST_CASE("whoever waits for a lock whose file is removed gets that on the new one", "[os]") {
  const TempDir folder("lock test");
  const auto path = folder.path() / "lock";
  auto alone = FileLock::try_now(path);
  REQUIRE(alone);
  std::atomic<bool> taken{false};
  std::thread other([&] {
    const FileLock shared = FileLock::wait_shared(path);
    taken = !FileLock::try_now(path).has_value();
  });
  std::this_thread::sleep_for(30ms);
  std::filesystem::remove(path);
  alone.reset();
  other.join();
  CHECK(taken);
}
