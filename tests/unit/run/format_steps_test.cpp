// SPDX-License-Identifier: Apache-2.0
#include "run/format_steps.hpp"

#include <string>

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/recording_report.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

struct Fixture {
  os::TempDir temp{"format-test"};
  store::Store store{temp.path() / "cache"};
  os::SystemRunner runner;
  os::Environment environment;
  test::RecordingReport report;
  step::Log log{temp.path() / "log"};
  step::Workplace place{runner, environment, store, report, log, 0};
  int written = 0;
  bool recalls = false;  ///< whether the last writing found the piece of an earlier one

  run::FormatTask task(const std::string& text) {
    return {
        .name = "disk",
        .image = "image",
        .key = crypto::digest_of(text),
        .write = [this, text](const fs::path& folder, const archive::Recall& recall) {
          ++written;
          recalls = recall && recall(crypto::digest_of("piece"));
          os::write_file(folder / "image.raw", text);
          os::write_file(folder / "image.json", "{}");
          return std::vector<step::MadeFile>{
              {.name = "image.raw",
               .role = "disk-raw",
               .media_type = "application/x-raw",
               .measured = {},
               .pieces = {{crypto::digest_of("piece"), 0, text.size(), {}}},
               .facts = {{"fact", "value"}},
               .released = false},
              {.name = "image.json", .role = "json", .media_type = "text/plain", .measured = {}}};
        }};
  }
};

}  // namespace

TEST_CASE("a format is written once, and told the same afterwards", "[run]") {
  Fixture f;
  CHECK_FALSE(run::find_format(f.store, f.report, f.task("text").key));
  const run::FormatResult first = run::carry_out(f.place, f.task("text"));
  const run::FormatResult second = run::carry_out(f.place, f.task("text"));
  CHECK(f.written == 1);
  CHECK_FALSE(first.cached);
  CHECK(second.cached);
  CHECK(second.folder == first.folder);
  REQUIRE(second.files.size() == 2);
  CHECK(second.files[0].name == "image.raw");
  CHECK(second.files[0].facts.at("fact") == "value");
  CHECK_FALSE(second.files[0].released);
  CHECK(second.files[1].released);
  CHECK(second.files[0].measured->digest == crypto::digest_of("text"));
  CHECK(second.files[0].measured->size == 4);
}

TEST_CASE("a file that was altered in the store is made again, and that is said", "[run]") {
  Fixture f;
  const run::FormatResult first = run::carry_out(f.place, f.task("text"));
  os::write_file(first.folder / "image.raw", "else");
  const run::FormatResult second = run::carry_out(f.place, f.task("text"));
  CHECK_FALSE(second.cached);
  CHECK(f.written == 2);
  CHECK(os::read_file(second.folder / "image.raw") == "text");
  CHECK(f.report.count(test::ReportedEvent::Kind::warning) == 1);
}

TEST_CASE("a file that is gone from the store is made again", "[run]") {
  Fixture f;
  fs::remove(run::carry_out(f.place, f.task("text")).folder / "image.json");
  CHECK_FALSE(run::carry_out(f.place, f.task("text")).cached);
}

TEST_CASE("pieces of an earlier result are at hand, unless it was altered", "[run]") {
  Fixture f;
  const run::FormatResult first = run::carry_out(f.place, f.task("one"));
  CHECK_FALSE(f.recalls);
  run::carry_out(f.place, f.task("two"));
  CHECK(f.recalls);
  Fixture other;
  const run::FormatResult altered = run::carry_out(other.place, other.task("one"));
  os::write_file(altered.folder / "image.raw", "two");
  run::carry_out(other.place, other.task("three"));
  CHECK_FALSE(other.recalls);
}

TEST_CASE("a writer that fails leaves nothing", "[run]") {
  Fixture f;
  run::FormatTask task = f.task("text");
  task.write = [](const fs::path& folder, const archive::Recall&) -> std::vector<step::MadeFile> {
    os::write_file(folder / "half", "");
    throw Error(Fault::io, "no room");
  };
  CHECK_THROWS_AS(run::carry_out(f.place, task), Error);
  CHECK_FALSE(run::find_format(f.store, f.report, task.key));
  CHECK_FALSE(run::carry_out(f.place, f.task("text")).cached);
}
