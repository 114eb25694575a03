// SPDX-License-Identifier: Apache-2.0
#include "run/content_progress.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/recording_report.hpp"

using namespace ingot;

TEST_CASE("what is opened is progress, against the content of all files", "[run]") {
  const std::vector<archive::ListedFile> files = {
      {.path = "a", .size = 10},
      {.path = "b", .size = 30},
      {.path = "c", .size = 30, .hard_link = "b"},
      {.path = "d", .kind = os::FileKind::folder, .size = 4096}};
  test::RecordingReport report;
  const archive::OpenContent open = run::with_progress(
      [](const archive::ListedFile& file) {
        if (file.path == "b") throw Error(Fault::io, "gone");
        return os::Fd();
      },
      files, report, "tar");
  (void)open(files[0]);
  CHECK_THROWS_AS(open(files[1]), Error);
  const auto events = report.events();
  REQUIRE(events.size() == 1);
  CHECK(events[0].step == "tar");
  CHECK(events[0].done == 10);
  CHECK(events[0].total == 40);
}
