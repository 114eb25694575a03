// SPDX-License-Identifier: Apache-2.0
#include "run/mirrors.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/fake_runner.hpp"

using namespace ingot;

namespace {

using Urls = std::vector<std::string>;

os::Environment environment(std::map<std::string, std::string> variables) {
  return os::Environment(std::move(variables), "/work folder", "/usr/bin/ingot");
}

}  // namespace

TEST_CASE("a mirror names its archive, or its last part does", "[run]") {
  const auto parse = [](const char* text) { return run::parse_mirror(text, "/work folder"); };
  CHECK(parse("http://example.test/debian/").archive == "debian");
  CHECK(parse("http://example.test/debian/").url == "http://example.test/debian");
  CHECK(parse("debian=https://example.test/a=b/c").archive == "debian");
  CHECK(parse("debian=https://example.test/a=b/c").url == "https://example.test/a=b/c");
  CHECK(parse("https://example.test/a=b").archive == "a=b");
  CHECK(parse("debian=../mirror").url == "/mirror");
  CHECK(parse("/srv/debian").archive == "debian");
  CHECK(parse("file:///srv/debian").url == "file:///srv/debian");
  for (const char* bad : {"", "debian=", "ftp://example.test/debian", "debian=gopher://x/y"})
    CHECK_THROWS_AS(parse(bad), Error);
}

TEST_CASE("options win over the environment, and that over the host's apt", "[run]") {
  test::FakeRunner runner;
  runner.when("apt-get", 0,
              "http://host.example.test/debian/\nhttp://host.example.test/debian-security/\n"
              "cdrom://x/debian/\n");
  const auto surroundings = environment(
      {{"PATH", "/usr/bin"},
       {"INGOT_MIRROR", "debian=http://env.example.test/d  http://env.example.test/other"}});
  SECTION("option") {
    run::Mirrors mirrors({"http://one.example.test/debian", "debian=/srv/two"}, surroundings,
                         runner);
    CHECK(mirrors.urls("debian") == Urls{"http://one.example.test/debian", "/srv/two"});
  }
  SECTION("environment") {
    run::Mirrors mirrors({}, surroundings, runner);
    CHECK(mirrors.urls("debian") == Urls{"http://env.example.test/d"});
    CHECK(mirrors.urls("other") == Urls{"http://env.example.test/other"});
  }
}

TEST_CASE("an archive without a mirror is an error that says how to name one", "[run]") {
  const test::FakeRunner runner;
  const auto surroundings = environment({});
  run::Mirrors mirrors({"/srv/debian"}, surroundings, runner);
  try {
    mirrors.urls("an-archive-nobody-has");
    FAIL("not noticed");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::environment);
    CHECK(error.message().find("--mirror an-archive-nobody-has=URL") != std::string::npos);
  }
}

TEST_CASE("an archive that nobody names is looked for beside its elder", "[run]") {
  const test::FakeRunner runner;
  const auto surroundings = environment({});
  run::Mirrors mirrors({"http://a.example.test/debian", "debian=http://b.example.test/elsewhere"},
                       surroundings, runner);
  CHECK(mirrors.urls("debian-extra") == Urls{"http://a.example.test/debian-extra"});
  CHECK_THROWS_AS(mirrors.urls("debianextra"), Error);
}

TEST_CASE("source files of both forms are read, and lists of mirrors", "[run]") {
  const os::TempDir temp("mirrors-test");
  const auto apt = temp.path() / "apt";
  os::write_file(apt / "sources.list",
                 "# deb http://no.example.test/debian x main\n"
                 "deb [arch=amd64 signed-by=/k.gpg] http://a.example.test/debian/ trixie main\n"
                 "deb-src http://src.example.test/debian trixie main\n"
                 "deb cdrom:[x]/ trixie main\n"
                 "deb file:/srv/local/debian trixie main\n");
  os::write_file(apt / "sources.list.d/b.list",
                 "deb http://b.example.test/debian trixie main # tail\n");
  os::write_file(
      apt / "sources.list.d/c.sources",
      "Types: deb deb-src\n# why\nURIs: http://c.example.test/one\n http://c.example.test/two\n\n"
      "Types: deb\nEnabled: no\nURIs: http://no.example.test/x\n\n"
      "Types: deb\nURIs: mirror+file://" +
          (temp.path() / "mirrors.list").string() + "\n");
  os::write_file(temp.path() / "mirrors.list",
                 "http://m.example.test/debian\tpriority:1\n\nftp://x/y\n");
  os::write_file(apt / "sources.list.d/d.sources.disabled",
                 "Types: deb\nURIs: http://no.example.test/d\n");
  os::write_file(apt / "sources.list.d/e.sources", "broken\n");
  CHECK(run::configured_addresses(apt) ==
        Urls{"http://a.example.test/debian", "/srv/local/debian", "http://b.example.test/debian",
             "http://c.example.test/one", "http://c.example.test/two",
             "http://m.example.test/debian"});
  CHECK(run::configured_addresses(temp.path() / "none").empty());
}
