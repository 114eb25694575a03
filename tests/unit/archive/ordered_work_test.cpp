// SPDX-License-Identifier: Apache-2.0
#include "archive/ordered_work.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

#include "support/catch.hpp"

using namespace ingot;

using Work = archive::OrderedWork<int>;

namespace {

std::uint64_t one(std::size_t) { return 1; }

}  // namespace

TEST_CASE("results come in order from any number of threads", "[archive]") {
  for (const unsigned workers : {1U, 2U, 7U}) {
    Work work(1000, {.workers = workers, .in_flight = 20}, one, [] {
      return [](std::size_t i) {
        if (i % 50 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return static_cast<int>(i);
      };
    });
    for (int i = 0; i < 1000; ++i) REQUIRE(work.next() == i);
  }
}

TEST_CASE("no more is begun than may wait, but always one", "[archive]") {
  std::atomic<int> begun = 0;
  std::atomic<int> most = 0;
  int taken = 0;
  std::mutex mutex;
  Work work(
      200, {.workers = 4, .in_flight = 10}, [](std::size_t i) { return i % 20 == 0 ? 100U : 4U; },
      [&] {
        return [&](std::size_t i) {
          const std::scoped_lock lock(mutex);
          most = std::max(most.load(), ++begun - taken);
          return static_cast<int>(i);
        };
      });
  for (int i = 0; i < 200; ++i) {
    const int got = work.next();
    const std::scoped_lock lock(mutex);
    taken = got + 1;
  }
  CHECK(begun == 200);
  // Two of four fit, and one is taken while the next begins.
  CHECK(most <= 3);
}

TEST_CASE("the first failure in order is the one that is thrown", "[archive]") {
  Work work(100, {.workers = 4, .in_flight = 50}, one, [] {
    return [](std::size_t i) {
      if (i == 10) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (i >= 10 && i % 2 == 0) throw std::runtime_error(std::to_string(i));
      return static_cast<int>(i);
    };
  });
  for (int i = 0; i < 10; ++i) REQUIRE(work.next() == i);
  std::string failure;
  try {
    work.next();
  } catch (const std::runtime_error& error) {
    failure = error.what();
  }
  CHECK(failure == "10");
}

TEST_CASE("a worker that cannot begin is a failure", "[archive]") {
  Work work(3, {.workers = 2}, one, []() -> Work::Work { throw std::runtime_error("no memory"); });
  CHECK_THROWS_AS(work.next(), std::runtime_error);
}

TEST_CASE("work that nobody takes ends with its owner", "[archive]") {
  std::atomic<int> begun = 0;
  {
    Work work(1000, {.workers = 2, .in_flight = 5}, one, [&] {
      return [&](std::size_t i) {
        ++begun;
        return static_cast<int>(i);
      };
    });
    work.next();
  }
  CHECK(begun <= 7);
  const Work nothing(0, {}, one, [] { return [](std::size_t) { return 0; }; });
}
