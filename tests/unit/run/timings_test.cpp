// SPDX-License-Identifier: Apache-2.0
#include "run/timings.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace std::chrono_literals;
using Names = std::vector<std::string>;

namespace {

run::StepTiming step(const std::string& name, std::chrono::milliseconds start,
                     std::chrono::milliseconds end, Names after = {}) {
  return {.name = name,
          .kind = "packages",
          .outcome = "done",
          .started = start,
          .ended = end,
          .after = std::move(after)};
}

Names path_of(const run::Timings& timings) {
  Names names;
  for (const run::StepTiming* one : run::critical_path(timings)) names.push_back(one->name);
  return names;
}

std::string fault_of(const std::string& text) {
  try {
    (void)run::parse_timings(text);
    return {};
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    return error.message();
  }
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  REQUIRE(text.find(from) != std::string::npos);
  return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("timings come back as they were written", "[run]") {
  run::Timings timings{.image = "a", .version = "1", .wall = 90s, .own = {2s, 80_MiB}, .steps = {}};
  timings.steps = {step("one", 0ms, 5ms), step("two", 5ms, 90s, {"one"})};
  timings.steps[1].usage = os::Usage{70s, 300_MiB};
  timings.steps[1].size = Bytes{12345};
  const std::string text = run::timings_json(timings);
  const run::Timings read = run::parse_timings(text);
  CHECK(run::timings_json(read) == text);
  CHECK(read.wall == 90s);
  CHECK(read.own.peak_memory == 80_MiB);
  REQUIRE(read.steps.size() == 2);
  CHECK(read.steps[1].took() == 89995ms);
  CHECK(read.steps[1].usage->cpu == 70s);
  CHECK(read.steps[1].size == Bytes{12345});
  CHECK_FALSE(read.steps[0].usage);
}

TEST_CASE("what is no timings.json of this version is refused", "[run]") {
  const std::string text = run::timings_json(
      {.image = "a", .version = "1", .wall = 9ms, .own = {}, .steps = {step("s", 1ms, 2ms)}});
  CHECK(fault_of(text).empty());
  CHECK(fault_of(replaced(text, "timings/v2", "timings/v1")).find("timings/v1") !=
        std::string::npos);
  for (const std::string& bad :
       {std::string(), std::string("[]"), text.substr(0, text.size() / 2),
        replaced(text, "\"ended\": 2", "\"ended\": 0"),
        replaced(text, "\"ended\": 2", "\"ended\": -2"),
        replaced(text, "\"ended\": 2", "\"ended\": 9e18"), replaced(text, "\"kind\"", "\"kine\"")})
    CHECK_FALSE(fault_of(bad).empty());
}

TEST_CASE("the critical path leads back from the last end, by what was waited for", "[run]") {
  run::Timings timings;
  CHECK(path_of(timings).empty());
  timings.steps = {step("root", 0s, 10s),
                   step("base", 0s, 4s),
                   step("modules", 10s, 60s, {"root"}),
                   step("kernel", 4s, 30s, {"base"}),
                   step("seal", 60s, 61s, {"base", "kernel", "modules"}),
                   step("tar", 61s, 65s, {"seal"}),
                   step("disk", 61s, 70s, {"seal", "root"})};
  CHECK(path_of(timings) == Names{"root", "modules", "seal", "disk"});
}

TEST_CASE("steps that wait for each other do not make the path endless", "[run]") {
  run::Timings timings;
  timings.steps = {step("a", 0s, 1s, {"b"}), step("b", 0s, 2s, {"a"})};
  CHECK(path_of(timings) == Names{"a", "b"});
}

TEST_CASE("the newest record of a cache is found", "[run]") {
  const os::TempDir cache("timings-test");
  CHECK_FALSE(run::newest_timings_record(cache.path()));
  os::write_file(run::timings_record(cache.path(), "old"), "");
  os::write_file(run::timings_record(cache.path(), "new"), "");
  os::write_file(cache.path() / "records/timings/.other.json-part", "");
  std::filesystem::last_write_time(run::timings_record(cache.path(), "old"),
                                   std::filesystem::file_time_type::clock::now() - 1h);
  CHECK(run::newest_timings_record(cache.path()) == run::timings_record(cache.path(), "new"));
}
