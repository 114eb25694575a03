// SPDX-License-Identifier: Apache-2.0
#include "cli/file_rows.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

namespace {

std::string mode_of(unsigned mode, os::FileKind kind = os::FileKind::regular) {
  archive::ListedFile file;
  file.mode = mode;
  file.kind = kind;
  return cli::mode_text(file);
}

}  // namespace

TEST_CASE("modes are shown as ls shows them") {
  CHECK(mode_of(0644) == "-rw-r--r--");
  CHECK(mode_of(04755) == "-rwsr-xr-x");
  CHECK(mode_of(06644) == "-rwSr-Sr--");
  CHECK(mode_of(01777, os::FileKind::folder) == "drwxrwxrwt");
  CHECK(mode_of(01776, os::FileKind::folder) == "drwxrwxrwT");
  CHECK(mode_of(0777, os::FileKind::link) == "lrwxrwxrwx");
  CHECK(mode_of(0600, os::FileKind::block_device) == "brw-------");
  CHECK(mode_of(0, os::FileKind::socket) == "s---------");
}

TEST_CASE("columns line up, and no name or time of a stranger upsets them") {
  archive::ListedFile large = test::listed_file("a", 123456);
  large.uid = 1000;
  archive::ListedFile device;
  device.path = "b";
  device.kind = os::FileKind::character_device;
  device.device_major = 1;
  device.device_minor = 3;
  device.mtime = INT64_MAX;
  const archive::ListedFile link = test::listed_link("c", "to\x1b[0m");
  CHECK(cli::text_of({{"a\n", &large}, {"b", &device}, {"c", &link}}, cli::Columns::all) ==
        "-rw-r--r-- 1000 0 123456 1970-01-01T00:00:00Z a\\012\n"
        "c---------    0 0   1, 3 @9223372036854775807 b\n"
        "lrwxrwxrwx    0 0      - 1970-01-01T00:00:00Z c -> to\\033[0m\n");
  CHECK(cli::text_of({{"a", &large}}, cli::Columns::names) == "a\n");
}

TEST_CASE("JSON of a file loses no byte of its name") {
  const auto plain = cli::json_of(test::listed_file("usr/a b", 7));
  CHECK(plain["path"] == "/usr/a b");
  CHECK(plain["size"] == 7);
  CHECK_FALSE(plain.contains("pathHex"));
  const auto strange = cli::json_of(test::listed_file("\xff", 7));
  CHECK(strange["path"] == "/\\377");
  CHECK(strange["pathHex"] == "2fff");
}
