// SPDX-License-Identifier: Apache-2.0
#include "package/apt_files.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::package;

TEST_CASE("every folder of an isolated apt is below its prefix", "[package]") {
  const std::string text = apt_configuration("/srv/state", "amd64");
  for (const char* part : {"Dir \"/srv/state/\";", "Dir::Etc::parts \"apt.conf.d\";",
                           "Dir::State::status \"/srv/state/state/status\";", "{ \"amd64\"; };"})
    CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("mirrors become addresses that apt takes", "[package]") {
  CHECK(apt_url("http://example.test/debian") == "http://example.test/debian");
  CHECK(apt_url("/srv/mirror") == "copy:/srv/mirror");
  CHECK(apt_url("file:///srv/mirror") == "copy:/srv/mirror");
}

TEST_CASE("printed addresses are read with their digests", "[package]") {
  const std::string hex(64, 'a');
  const auto printed = parse_printed_uri(
      "'http://example.test/pool/a%2bb_1_all.deb' a+b_1_all.deb 12 SHA256:" + hex);
  REQUIRE(printed);
  CHECK(printed->uri == "http://example.test/pool/a%2bb_1_all.deb");
  CHECK(printed->digest.hex() == hex);
  CHECK_FALSE(parse_printed_uri("W: something"));
  CHECK_THROWS_AS(parse_printed_uri("'http://example.test/x' x 12 MD5Sum:ab"), Error);
  CHECK_THROWS_AS(parse_printed_uri("'http://example.test/x' x 12 "), Error);
}

TEST_CASE("the packages of apt's explanation are found", "[package]") {
  const auto names = unmet_names({"The following packages have unmet dependencies:",
                                  " foo : Depends: libbar (= 1.2) but 1.1 is to be installed",
                                  "       PreDepends: baz but it is not going to be installed",
                                  "E: Unable to correct problems, you have held broken packages."});
  CHECK(names == std::set<std::string>{"foo", "libbar", "baz"});
}

TEST_CASE("pins outrank everything", "[package]") {
  CHECK(pin_preferences({.packages = {{"libc6", "2.41-12"}}, .sources = {}}) ==
        "Package: libc6\nPin: version 2.41-12\nPin-Priority: 1001\n\n");
  CHECK(pin_preferences({.packages = {}, .sources = {{"e2fsprogs", "1.47.2-3~bpo12+1"}}}) ==
        "Package: src:e2fsprogs\nPin: version 1.47.2-3~bpo12+1\nPin-Priority: 995\n\n");
}
