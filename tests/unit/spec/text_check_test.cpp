// SPDX-License-Identifier: Apache-2.0
#include "spec/text_check.hpp"

#include "support/catch.hpp"

namespace ingot::spec {
namespace {

/// The place and message of the only fault, or "sound".
std::string verdict(std::string_view text) {
  Diagnostics diagnostics;
  if (check_text(text, "f", diagnostics)) return "sound";
  const Diagnostic fault = diagnostics.sorted().at(0);
  return std::to_string(fault.place.line) + ":" + std::to_string(fault.place.column) + " " +
         fault.message;
}

TEST_CASE("ordinary text in several scripts is sound", "[spec]") {
  CHECK(verdict("") == "sound");
  CHECK(verdict("key: value\t# comment\r\n  k\xC3\xA4se: \xE6\x97\xA5\xF0\x9F\x98\x80\n") ==
        "sound");
}

TEST_CASE("text that hides something is refused with its place", "[spec]") {
  using namespace std::string_view_literals;
  CHECK(verdict("\xEF\xBB\xBFkey: 1") == "1:1 the file starts with a byte order mark");
  CHECK(verdict("a\nb\0c"sv) == "2:2 character U+0000 is not allowed");
  CHECK(verdict("a\rb") == "1:2 character U+000D is not allowed");
  CHECK(verdict("a\x1b[0m") == "1:2 character U+001B is not allowed");
  CHECK(verdict("\xC3\xA4\xC2\x85") == "1:2 character U+0085 is not allowed");
  CHECK(verdict("x\xE2\x80\xAE") == "1:2 character U+202E is not allowed");
  CHECK(verdict("a:\n \tb: 1") == "2:2 tab in the indentation");
}

TEST_CASE("what is no UTF-8 is refused", "[spec]") {
  for (const std::string_view bad : {"\xff", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                                     "\xF4\x90\x80\x80", "\x80", "\xF0\x9F\x98", "\xC3("}) {
    CHECK(verdict(bad) == "1:1 invalid UTF-8");
  }
}

}  // namespace
}  // namespace ingot::spec
