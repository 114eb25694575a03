// SPDX-License-Identifier: Apache-2.0
#include "run/schedule.hpp"

#include <algorithm>
#include <mutex>

#include "base/error.hpp"
#include "os/signals.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

/// Names of works in the order in which they ran.
class Trace {
public:
  run::Work work(const std::string& name, std::vector<std::string> after = {}) {
    return {name, std::move(after), [this, name] {
              const std::scoped_lock lock(mutex_);
              names_.push_back(name);
            }};
  }
  const std::vector<std::string>& names() const { return names_; }
  std::ptrdiff_t place(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) - names_.begin();
  }

private:
  std::mutex mutex_;
  std::vector<std::string> names_;
};

}  // namespace

TEST_CASE("work waits for what it comes after") {
  Trace trace;
  run::run_all({trace.work("c", {"a", "b"}), trace.work("b", {"a"}), trace.work("a")}, 4);
  CHECK(trace.names() == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("every work runs once, whatever the number of workers") {
  for (const unsigned workers : {1U, 2U, 8U}) {
    Trace trace;
    std::vector<run::Work> works;
    for (int i = 0; i < 50; ++i) {
      std::vector<std::string> after;
      if (i > 0) after.push_back(std::to_string(i / 2));
      works.push_back(trace.work(std::to_string(i), i == 0 ? std::vector<std::string>{} : after));
      if (i == 1) works.back().after = {"0"};
    }
    run::run_all(std::move(works), workers);
    CHECK(trace.names().size() == 50);
    CHECK(trace.place("24") < trace.place("48"));
  }
}

TEST_CASE("the first failure leaves the call and later work does not start") {
  Trace trace;
  std::vector<run::Work> works = {trace.work("late", {"bad"})};
  works.push_back({"bad", {}, [] { throw Error(Fault::step_failed, "broken"); }});
  try {
    run::run_all(std::move(works), 2);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::step_failed);
  }
  CHECK(trace.names().empty());
  CHECK(os::stop_requested() == 0);
}

TEST_CASE("a circle and an unknown name are bugs, not hangs") {
  Trace trace;
  CHECK_THROWS_AS(run::run_all({trace.work("a", {"b"}), trace.work("b", {"a"})}, 2), Error);
  CHECK_THROWS_AS(run::run_all({trace.work("a", {"nobody"})}, 2), Error);
}
