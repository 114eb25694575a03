// SPDX-License-Identifier: Apache-2.0
#include "package/deb822.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using package::StanzaReader;

namespace {

std::string fault_of(const std::string& text, package::StanzaLimits limits = {}) {
  try {
    StanzaReader reader = StanzaReader::of_text(text, "text", limits);
    while (reader.next()) {
    }
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("stanzas are read one by one with their fields", "[package]") {
  StanzaReader reader = StanzaReader::of_text(
      "\n\nPackage: one\nDepends: a,\n b,\n\tc\nEmpty:\n \t\nPACKAGE-x:two:three\n\n\npackage: "
      "two\r\nVersion:1",
      "text");
  auto stanza = reader.next();
  REQUIRE(stanza);
  CHECK(stanza->line() == 3);
  CHECK(stanza->get("package") == "one");
  CHECK(stanza->get("Depends") == "a,\nb,\nc");
  CHECK(stanza->find("Empty") == std::string_view(""));
  CHECK_FALSE(stanza->find("Version"));
  CHECK_THROWS_AS(stanza->get("Version"), Error);
  stanza = reader.next();
  REQUIRE(stanza);
  CHECK(stanza->get("Package-X") == "two:three");
  stanza = reader.next();
  REQUIRE(stanza);
  CHECK(stanza->get("Package") == "two");
  CHECK(stanza->get("Version") == "1");
  CHECK_FALSE(reader.next());
}

TEST_CASE("a text without stanzas has none", "[package]") {
  CHECK_FALSE(StanzaReader::of_text("", "text").next());
  CHECK_FALSE(StanzaReader::of_text("\n\n \n", "text").next());
}

TEST_CASE("broken stanzas are refused with name and line", "[package]") {
  CHECK(fault_of("A: 1\nnonsense\n") == "text:2: neither a field nor a continuation line");
  CHECK(fault_of(" continued\n") == "text:1: a continuation line without a field");
  CHECK(fault_of("A: 1\na: 2\n") == "text:2: field 'a' appears twice");
  CHECK(fault_of("A b: 1\n") == "text:1: 'A b' is no field name");
  CHECK(fault_of("-A: 1\n") == "text:1: '-A' is no field name");
  CHECK(fault_of(": 1\n") == "text:1: '' is no field name");
  CHECK(fault_of(std::string("A: 1\0002\n", 8)) == "text:1: a NUL byte");
}

TEST_CASE("foreign texts may not use more than the limits", "[package]") {
  const package::StanzaLimits limits{.line = 100, .stanza = 300, .fields = 3};
  CHECK(fault_of("A: " + std::string(97, 'x') + "\n", limits).empty());
  CHECK(fault_of("A: " + std::string(98, 'x') + "\n", limits) ==
        "text:1: a line of more than 100 bytes");
  CHECK(fault_of("A: " + std::string(1'000'000, 'x'), limits) ==
        "text:1: a line of more than 100 bytes");
  CHECK(fault_of("A: 1\nB: 1\nC: 1\nD: 1\n", limits) == "text:4: a stanza of more than 3 fields");
  std::string folded = "A: 1\n";
  for (int i = 0; i < 5; ++i) folded += " " + std::string(80, 'x') + "\n";
  CHECK(fault_of(folded, limits) == "text:5: a stanza of more than 300 bytes");
}

TEST_CASE("lines longer than the buffer and chunks of any size are put together", "[package]") {
  std::string text;
  for (int i = 0; i < 400; ++i)
    text += "Package: p" + std::to_string(i) +
            "\nDescription: " + std::string(static_cast<std::size_t>(i) * 700, 'd') + "\n\n";
  std::size_t position = 0;
  std::size_t chunk = 1;
  StanzaReader reader(
      [&](std::span<std::uint8_t> buffer) {
        chunk = chunk % 7919 + 13;
        const std::size_t count = std::min({buffer.size(), chunk, text.size() - position});
        std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(position), count, buffer.begin());
        position += count;
        return count;
      },
      "chunks");
  for (std::size_t i = 0; i < 400; ++i) {
    const auto stanza = reader.next();
    REQUIRE(stanza);
    REQUIRE(stanza->get("Package") == "p" + std::to_string(i));
    REQUIRE(stanza->get("Description").size() == i * 700);
  }
  CHECK_FALSE(reader.next());
}

TEST_CASE("files are read like texts", "[package]") {
  const os::TempDir temp("deb822-test");
  os::write_file(temp.path() / "status", "Package: x\n");
  StanzaReader reader = StanzaReader::of_file(temp.path() / "status");
  CHECK(reader.next()->get("Package") == "x");
  CHECK_THROWS_AS(StanzaReader::of_file(temp.path() / "none"), Error);
}
