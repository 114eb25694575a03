// SPDX-License-Identifier: Apache-2.0
#include "report/terminal_text.hpp"

#include "support/catch.hpp"

using namespace ingot;
using report::bytes_of_terminal_text;
using report::terminal_text;

TEST_CASE("printable names are shown as they are") {
  for (const std::string name :
       {"bash", "with space", "a=b#c", "F\xc5\x91tan\xc3\xbas", "\xe6\x97\xa5", "\xf0\x9f\xa6\x80",
        "system-x\\x2dy.slice", "back\\slash"})
    CHECK(terminal_text(name) == name);
}

TEST_CASE("what steers a terminal or cannot be seen is shown as octal numbers") {
  CHECK(terminal_text("\x1b[2Jx") == "\\033[2Jx");
  CHECK(terminal_text("a\nb\x7f") == "a\\012b\\177");
  CHECK(terminal_text("\xc2\x9b") == "\\302\\233");  // CSI in eight bits
  CHECK(terminal_text("\xe2\x80\xae"
                      "txt") == "\\342\\200\\256txt");        // right to left
  CHECK(terminal_text("\xe2\x80\x8b") == "\\342\\200\\213");  // no width
  CHECK(terminal_text("\xef\xbb\xbf") == "\\357\\273\\277");
}

TEST_CASE("bytes that are no UTF-8 are shown one by one") {
  CHECK(terminal_text("\xff\xfe") == "\\377\\376");
  CHECK(terminal_text("\xc0\xaf") == "\\300\\257");           // overlong
  CHECK(terminal_text("\xed\xa0\x80") == "\\355\\240\\200");  // surrogate
  CHECK(terminal_text("\xf4\x90\x80\x80") == "\\364\\220\\200\\200");
  CHECK(terminal_text("\xe6\x97") == "\\346\\227");  // cut off
  CHECK_FALSE(report::is_utf8("\xe6\x97"));
  CHECK(report::is_utf8("\xe6\x97\xa5\n"));
}

TEST_CASE("what is shown leads back to the bytes") {
  for (int first = 0; first < 256; ++first)
    for (const std::string rest : {"", "0", "7x", "\\", "\\1", "012", "\xa9"}) {
      const std::string name = "\\" + std::string(1, static_cast<char>(first)) + rest;
      CHECK(bytes_of_terminal_text(terminal_text(name)) == name);
    }
}

TEST_CASE("text is cut between characters, by the columns that they take") {
  using report::clipped;
  using report::columns_of;
  CHECK(columns_of("F\xc5\x91tan\xc3\xbas") == 7);
  CHECK(columns_of("\xe6\x97\xa5\xe6\x9c\xac") == 4);
  CHECK(columns_of("\xf0\x9f\xa6\x80") == 2);
  CHECK(clipped("packages/base", 13) == "packages/base");
  CHECK(clipped("packages/base", 12) == "packages/...");
  CHECK(clipped("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5) == "\xe6\x97\xa5...");
  CHECK(clipped("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4) == "...");
  CHECK(clipped("long", 2) == "..");
  CHECK(clipped("long", 0).empty());
}
