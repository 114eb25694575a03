// SPDX-License-Identifier: Apache-2.0
#include "spec/value.hpp"

#include "support/catch.hpp"

namespace ingot::spec {
namespace {

Node scalar(std::string text, bool is_quoted = false) {
  Node node;
  node.kind = NodeKind::scalar;
  node.text = std::move(text);
  node.is_quoted = is_quoted;
  return node;
}

TEST_CASE("a size is a whole number with a binary unit", "[spec]") {
  Diagnostics diagnostics;
  CHECK(read_size(scalar("512MiB"), "size", diagnostics) == 512_MiB);
  CHECK(read_size(scalar("6GiB", true), "size", diagnostics) == 6_GiB);
  CHECK(read_size(scalar("0B"), "size", diagnostics) == Bytes{0});
  CHECK(diagnostics.empty());
  for (const auto* bad : {"", "512", "512MB", "MiB", "1.5GiB", "-1GiB", "1 GiB", "9000000TiB",
                          "99999999999999999999B", "8GiBs"}) {
    INFO(bad);
    CHECK_FALSE(read_size(scalar(bad), "size", diagnostics));
  }
}

TEST_CASE("text that YAML could take for something else must be quoted", "[spec]") {
  Diagnostics diagnostics;
  CHECK(read_text(scalar("1.10", true), "key", diagnostics) == "1.10");
  CHECK(read_text(scalar("trixie"), "key", diagnostics) == "trixie");
  CHECK(diagnostics.empty());
  CHECK_FALSE(read_text(scalar("1.10"), "key", diagnostics));
  CHECK_FALSE(read_text(scalar("yes"), "key", diagnostics));
  CHECK_FALSE(read_text(scalar("two\nlines", true), "key", diagnostics));
  CHECK_FALSE(read_text(scalar("", true), "key", diagnostics));
  CHECK_FALSE(read_text(Node{}, "key", diagnostics));
}

TEST_CASE("numbers keep to their range", "[spec]") {
  Diagnostics diagnostics;
  CHECK(read_integer(scalar("8"), "count", {0, 8}, diagnostics) == 8);
  CHECK(read_integer(scalar("-3"), "count", {}, diagnostics) == -3);
  CHECK(diagnostics.empty());
  CHECK_FALSE(read_integer(scalar("9"), "count", {0, 8}, diagnostics));
  CHECK_FALSE(read_integer(scalar("8", true), "count", {}, diagnostics));
  CHECK_FALSE(read_integer(scalar("8.0"), "count", {}, diagnostics));
  CHECK_FALSE(read_integer(scalar("99999999999999999999"), "count", {}, diagnostics));
}

TEST_CASE("a choice takes yes and no as words", "[spec]") {
  Diagnostics diagnostics;
  CHECK(read_choice(scalar("no"), "builds", {"yes", "no"}, diagnostics) == 1U);
  CHECK_FALSE(read_choice(scalar("noo"), "builds", {"yes", "no"}, diagnostics));
  CHECK(diagnostics.sorted().at(0).allowed == "yes, no");
  CHECK(diagnostics.sorted().at(0).help == "did you mean 'no'?");
}

TEST_CASE("names and words of each kind follow their syntax", "[spec]") {
  const auto check = [](const Syntax& syntax, std::vector<std::string_view> good,
                        std::vector<std::string_view> bad) {
    INFO(std::string(syntax.what));
    for (const auto word : good) {
      INFO(std::string(word));
      CHECK(syntax.accepts(word));
    }
    for (const auto word : bad) {
      INFO(std::string(word));
      CHECK_FALSE(syntax.accepts(word));
    }
  };
  check(definition_name, {"debian-13", "a", "x.y+z"}, {"", "-a", "A", "a/b", "..", "a b", "a_b"});
  check(package_name, {"gcc-14", "libstdc++6", "0ad"}, {"", "a", "-ab", "Ab", "a_b", "a:amd64"});
  check(package_version, {"1:2.3-4~bpo+1", "550.163.01-2", "0"},
        {"", ":1", "x:1", "1 2", "-1", "1-", "1_2", "${x}"});
  check(unit_name, {"a.service", "x@.socket", "dev-sda.mount"},
        {"", ".service", "a", "a.conf", "a b.service"});
  check(kernel_word, {"console=ttyS0,115200n8", "a"}, {"", "a b", "\"a\"", "a\tb"});
  check(variable_name, {"KEY", "_A1"}, {"", "key", "1A", "INGOT_OPTION_X", "A-B"});
  check(repository_path, {"debian", "a/b", "pool/main/a/apt/apt_1%3a2~3+4.deb"},
        {"", "/a", "a/", "a//b", "../a", "a/../b", ".", "a b"});
  check(file_name, {"a.gpg"}, {"", ".a", "a/b", ".."});
  check(absolute_path, {"/usr/src/x-1.2"}, {"", "/", "usr", "/a/../b", "/a//b"});
  check(driver_version, {"550.163.01", "580.1"}, {"", "550", "550.", "a.b", "1.2.3.4"});
  check(fingerprint, {"0123456789abcdef0123456789ABCDEF01234567"}, {"", "0123"});
  check(calendar_date, {"2026-11-21"}, {"", "2026-13-01", "2026-1-1", "2026-00-10", "26-11-21"});
  check(utc_time, {"2026-11-20T14:00:00Z"},
        {"", "2026-11-20", "2026-11-20T24:00:00Z", "2026-11-20 14:00:00Z", "2026-11-20T14:00:00"});
}

}  // namespace
}  // namespace ingot::spec
