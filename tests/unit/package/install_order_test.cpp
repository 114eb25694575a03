// SPDX-License-Identifier: Apache-2.0
#include "package/install_order.hpp"

#include <algorithm>
#include <map>

#include "support/catch.hpp"

using namespace ingot::package;

namespace {

using Names = std::vector<std::string>;

Installable package(const std::string& name, const std::string& pre_depends = "",
                    const std::string& depends = "", const std::string& provides = "",
                    bool essential = false) {
  return {name,
          "1",
          essential,
          parse_relations(pre_depends),
          parse_relations(depends),
          parse_relations(provides)};
}

}  // namespace

TEST_CASE("without Pre-Depends everything is unpacked in one wave", "[package]") {
  const auto waves = plan_waves({package("bb", "", "aa"), package("aa")}, {package("libc6")});
  REQUIRE(waves.size() == 1);
  CHECK(waves[0].unpack == Names{"aa", "bb"});
  CHECK(waves[0].configure_before.empty());
  CHECK_FALSE(waves[0].force);
}

TEST_CASE("Pre-Depends that are configured already cost no wave", "[package]") {
  CHECK(plan_waves({package("aa", "libc6")}, {package("libc6")}).size() == 1);
}

TEST_CASE("a Pre-Depends of the same layer is configured first, with what it needs", "[package]") {
  const auto waves = plan_waves({package("udev", "libudev"), package("libudev", "", "libcap"),
                                 package("libcap"), package("other")},
                                {package("libc6")});
  REQUIRE(waves.size() == 2);
  CHECK(waves[0].unpack == Names{"libcap", "libudev", "other"});
  CHECK(waves[1].configure_before == Names{"libcap", "libudev"});
  CHECK(waves[1].unpack == Names{"udev"});
  CHECK_FALSE(waves[1].force);
}

TEST_CASE("Pre-Depends may be met by what another package provides, or by an alternative",
          "[package]") {
  const auto waves = plan_waves({package("base", "awk"), package("mawk", "", "", "awk"),
                                 package("init", "systemd | sysv"), package("sysv")},
                                {package("libc6")});
  REQUIRE(waves.size() == 2);
  CHECK(waves[0].unpack == Names{"mawk", "sysv"});
  CHECK(waves[1].configure_before == Names{"mawk", "sysv"});
  CHECK(waves[1].unpack == Names{"base", "init"});
}

TEST_CASE("chains of Pre-Depends become a wave each", "[package]") {
  const auto waves =
      plan_waves({package("c3", "b2"), package("b2", "a1"), package("a1")}, {package("x0")});
  REQUIRE(waves.size() == 3);
  CHECK(waves[2].configure_before == Names{"b2"});
  CHECK(waves[2].unpack == Names{"c3"});
}

TEST_CASE("a cycle through Pre-Depends is broken by force, once", "[package]") {
  const auto waves =
      plan_waves({package("aa", "bb"), package("bb", "aa"), package("cc")}, {package("x0")});
  REQUIRE(waves.size() >= 2);
  CHECK(std::count_if(waves.begin(), waves.end(), [](const Wave& w) { return w.force; }) >= 1);
  Names all;
  for (const Wave& wave : waves) all.insert(all.end(), wave.unpack.begin(), wave.unpack.end());
  std::sort(all.begin(), all.end());
  CHECK(all == Names{"aa", "bb", "cc"});
}

TEST_CASE("cycles through Depends are configured together", "[package]") {
  const auto waves = plan_waves(
      {package("top", "aa"), package("aa", "", "bb"), package("bb", "", "aa")}, {package("x0")});
  REQUIRE(waves.size() == 2);
  CHECK(waves[1].configure_before == Names{"aa", "bb"});
}

TEST_CASE("an empty root begins with the essential packages and their needs, by force",
          "[package]") {
  const auto waves =
      plan_waves({package("bash", "libtinfo", "", "", true), package("libtinfo", "libc6"),
                  package("libc6"), package("systemd", "libsystemd"), package("libsystemd")},
                 {});
  REQUIRE(waves.size() >= 2);
  CHECK(waves[0].force);
  CHECK(waves[0].unpack == Names{"bash", "libc6", "libtinfo"});
  CHECK_FALSE(waves[1].force);
}

TEST_CASE("relations that nobody can meet do not block", "[package]") {
  CHECK(plan_waves({package("aa", "gone (>= 3)")}, {package("x0")}).size() == 1);
}

TEST_CASE("the order of the input does not matter", "[package]") {
  std::vector<Installable> packages = {package("udev", "libudev"), package("libudev", "", "libcap"),
                                       package("libcap"), package("aa", "bb"), package("bb", "aa")};
  const auto text = [](const std::vector<Wave>& waves) {
    std::string out;
    for (const Wave& wave : waves) {
      for (const auto& name : wave.configure_before) out += "c " + name + " ";
      for (const auto& name : wave.unpack) out += "u " + name + " ";
      out += wave.force ? "!\n" : "\n";
    }
    return out;
  };
  const std::string first = text(plan_waves(packages, {package("x0")}));
  std::reverse(packages.begin(), packages.end());
  CHECK(text(plan_waves(packages, {package("x0")})) == first);
}
