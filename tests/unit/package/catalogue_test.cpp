// SPDX-License-Identifier: Apache-2.0
#include "package/catalogue.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using namespace ingot::package;

namespace {

std::string stanza(const std::string& name, const std::string& version, char digit,
                   const std::string& more = "") {
  return "Package: " + name + "\nVersion: " + version +
         "\nArchitecture: amd64\nSize: 7\nSHA256: " + std::string(64, digit) + "\nFilename: pool/" +
         name + ".deb\n" + more + "\n";
}

Sha256 digest(char digit) { return Sha256::from_hex(std::string(64, digit)); }

struct Fixture {
  os::TempDir temp{"catalogue-test"};
  Catalogue catalogue;

  Fixture() {
    os::write_file(temp.path() / "one",
                   stanza("systemd", "257-1", 'a', "Essential: no\nDepends: libc6 (>= 2)\n") +
                       stanza("exim", "4", 'b', "Provides: mail-agent\n") +
                       stanza("evil", "1", 'e', "Source: good (1.0)\n") +
                       "Package: foreign\nVersion: 1\nArchitecture: arm64\n");
    os::write_file(temp.path() / "two", stanza("systemd", "257-2", 'c') + stanza("exim", "4", 'b'));
    catalogue = Catalogue({{"debian", "main/binary-amd64/Packages", temp.path() / "one"},
                           {"security", "main/binary-amd64/Packages", temp.path() / "two"}},
                          "amd64");
  }
};

}  // namespace

TEST_CASE("what cannot be had is explained", "[package]") {
  const Fixture f;
  const auto fault = [&](const std::string& name, std::optional<std::string> version = {}) {
    return f.catalogue.fault({name, version, "layers/x/layer.yaml:12"}).value_or("");
  };
  CHECK(fault("systemd").empty());
  CHECK(fault("systemd", "257-1").empty());
  CHECK(fault("sytemd") ==
        "layers/x/layer.yaml:12: package sytemd is in no repository; did you mean systemd?");
  CHECK(fault("systemd", "256") ==
        "layers/x/layer.yaml:12: package systemd has no version 256 in the repositories; there is "
        "257-1, 257-2");
  CHECK(fault("mail-agent") ==
        "layers/x/layer.yaml:12: mail-agent is no package but a name that others provide; write "
        "one of exim");
  CHECK(fault("foreign").find("in no repository") != std::string::npos);
}

TEST_CASE("facts come from the repository that apt chose", "[package]") {
  const Fixture f;
  const auto facts =
      f.catalogue.facts_of({{digest('b'), {"security"}}, {digest('a'), {"debian", "security"}}});
  REQUIRE(facts.size() == 2);
  CHECK(facts[0].name == "exim");
  CHECK(facts[0].repository == "security");
  CHECK(facts[1].version == "257-1");
  CHECK(facts[1].size.count == 7);
  CHECK(facts[1].filename == "pool/systemd.deb");
  CHECK(facts[1].depends.size() == 1);
  CHECK_THROWS_AS(f.catalogue.facts_of({{digest('d'), {"debian"}}}), Error);
  CHECK_THROWS_AS(f.catalogue.facts_of({{digest('c'), {"debian"}}}), Error);
}

TEST_CASE("paths that leave the pool are refused", "[package]") {
  const os::TempDir temp("catalogue-test");
  for (const char* path : {"../x.deb", "/etc/x", "pool/../../x"}) {
    std::string text = stanza("xx", "1", 'a');
    text.replace(text.find("pool/xx.deb"), 11, path);
    os::write_file(temp.path() / "one", text);
    const Catalogue catalogue({{"debian", "p", temp.path() / "one"}}, "amd64");
    CHECK_THROWS_AS(catalogue.facts_of({{digest('a'), {"debian"}}}), Error);
  }
}

TEST_CASE("a version knows the source that it was built from", "[package]") {
  const Fixture f;
  CHECK(f.catalogue.source_of("systemd", "257-1") == "systemd");
  CHECK(f.catalogue.source_of("evil", "1") == "good");
  CHECK_FALSE(f.catalogue.source_of("evil", "2"));
  CHECK_FALSE(f.catalogue.source_of("foreign", "1"));
}
