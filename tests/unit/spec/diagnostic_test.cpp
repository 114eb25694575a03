// SPDX-License-Identifier: Apache-2.0
#include "spec/diagnostic.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

namespace ingot::spec {
namespace {

TEST_CASE("faults come out sorted by file, line and column, each with its line and caret",
          "[spec]") {
  Diagnostics diagnostics;
  diagnostics.keep_source("b.yaml", "first\n  pakages: [x]\r\n");
  diagnostics.add({{"b.yaml", 2, 3, 7}, "unknown key 'pakages'", "a, b", "did you mean 'a'?"});
  diagnostics.add({{"b.yaml", 1, 2}, "second fault", {}, {}});
  diagnostics.add({{"a.yaml", 0, 0}, "first fault", {}, {}});
  CHECK(diagnostics.render() ==
        "a.yaml: error: first fault\n"
        "b.yaml:1:2: error: second fault\n"
        "    1 | first\n"
        "      |  ^\n"
        "b.yaml:2:3: error: unknown key 'pakages'\n"
        "    2 |   pakages: [x]\n"
        "      |   ^^^^^^^\n"
        "  allowed: a, b\n"
        "  help: did you mean 'a'?\n"
        "3 faults in 2 files");
}

TEST_CASE("the same fault at the same place counts once", "[spec]") {
  Diagnostics diagnostics;
  for (int i = 0; i < 3; ++i) diagnostics.add({{"a.yaml", 1, 1}, "fault", {}, {}});
  CHECK(diagnostics.count() == 1);
  CHECK(diagnostics.render() == "a.yaml:1:1: error: fault\n1 fault in 1 file");
}

TEST_CASE("a caret stands below its character after letters of several bytes", "[spec]") {
  Diagnostics diagnostics;
  diagnostics.keep_source("a.yaml", "k\xC3\xA4se: \xC3\xA4");
  diagnostics.add({{"a.yaml", 1, 7}, "fault", {}, {}});
  CHECK(diagnostics.render().find("      |       ^\n") != std::string::npos);
}

TEST_CASE("a very long line is cut around the caret", "[spec]") {
  Diagnostics diagnostics;
  diagnostics.keep_source("a.yaml", std::string(5000, 'x') + "HERE" + std::string(5000, 'y'));
  diagnostics.add({{"a.yaml", 1, 5001, 4}, "fault", {}, {}});
  const std::string text = diagnostics.render();
  CHECK(text.size() < 500);
  CHECK(text.find("HERE") - text.find(" | x") - 3 == 60);
  CHECK(text.find("      | " + std::string(60, ' ') + "^^^^\n") != std::string::npos);
}

TEST_CASE("bytes that a terminal would obey never reach the message", "[spec]") {
  Diagnostics diagnostics;
  diagnostics.keep_source("a.yaml", "a\x1b[31m\t\xff\xC2\x9B");
  diagnostics.add({{"a.yaml", 1, 2}, "unknown " + in_quotes("x\x1b[0m"), {}, {}});
  const std::string text = diagnostics.render();
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\xff') == std::string::npos);
  CHECK(text.find("\xC2\x9B") == std::string::npos);
}

TEST_CASE("faults are thrown as input faults, and nothing is thrown without any", "[spec]") {
  Diagnostics diagnostics;
  REQUIRE_NOTHROW(diagnostics.throw_if_any());
  diagnostics.add({{"a.yaml", 0, 0}, "fault", {}, {}});
  try {
    diagnostics.throw_if_any();
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    CHECK(error.message() == "a.yaml: error: fault\n1 fault in 1 file");
  }
}

TEST_CASE("quoted words in messages are shortened", "[spec]") {
  CHECK(in_quotes("abc") == "'abc'");
  CHECK(in_quotes(std::string(1000, 'a')) == "'" + std::string(80, 'a') + "...'");
}

TEST_CASE("a place reads as file and line", "[spec]") {
  CHECK(text_of(Place{"a.yaml", 3, 9}) == "a.yaml:3");
  CHECK(text_of(Place{"a.yaml", 0, 0}) == "a.yaml");
}

}  // namespace
}  // namespace ingot::spec
