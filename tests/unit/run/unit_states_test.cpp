// SPDX-License-Identifier: Apache-2.0
#include "run/unit_states.hpp"

#include "run/difference.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;
using test::listed_file;
using test::listed_link;

namespace {

std::map<std::string, run::UnitState> states(std::vector<archive::ListedFile> files) {
  return run::unit_states(test::listed_tree(std::move(files)));
}

constexpr const char* vendor = "usr/lib/systemd/system/";
constexpr const char* own = "etc/systemd/system/";

std::string at(const char* folder, const std::string& name) { return folder + name; }

}  // namespace

TEST_CASE("a unit is enabled when something wants it") {
  const auto units =
      states({listed_file(at(vendor, "a.service")), listed_file(at(vendor, "b.service")),
              listed_file(at(vendor, "note.txt")),
              listed_link(at(own, "multi-user.target.wants/a.service"), "/usr/lib/x/a.service"),
              listed_link(at(vendor, "x.target.requires/a.service"), "../a.service")});
  REQUIRE(units.size() == 2);
  CHECK(units.at("a.service").state == "enabled");
  CHECK(units.at("a.service").wanted_by == std::set<std::string>{"multi-user.target", "x.target"});
  CHECK(units.at("b.service").state == "not enabled");
}

TEST_CASE("masks, aliases and instances are told apart") {
  const auto units =
      states({listed_file(at(vendor, "a.service")), listed_link(at(own, "a.service"), "/dev/null"),
              listed_link(at(own, "x.target.wants/a.service"), "/usr/lib/systemd/system/a.service"),
              listed_file(at(own, "empty.timer"), 0),
              listed_link(at(own, "dbus-x.service"), "/usr/lib/systemd/system/real.service"),
              listed_file(at(vendor, "real.service")), listed_file(at(vendor, "getty@.service")),
              listed_link(at(own, "g.target.wants/getty@tty1.service"), "../getty@.service")});
  CHECK(units.at("a.service").state == "masked");
  CHECK(units.at("empty.timer").state == "masked");
  CHECK(units.at("dbus-x.service").state == "alias of real.service");
  CHECK(units.at("getty@tty1.service").state == "enabled");
  CHECK(units.at("getty@.service").state == "not enabled");
}

TEST_CASE("the administrator's file and his masked wish win over the vendor's") {
  const auto units =
      states({listed_file(at(vendor, "a.service"), 5), listed_file(at(own, "a.service"), 6),
              listed_link(at(vendor, "x.target.wants/a.service"), "../a.service"),
              listed_link(at(own, "x.target.wants/a.service"), "/dev/null")});
  CHECK(units.at("a.service").state == "not enabled");
  REQUIRE(units.at("a.service").definition.size() == 1);
  CHECK(units.at("a.service").definition.begin()->starts_with("/etc/systemd/system/a.service"));
}

TEST_CASE("another file or drop-in is a difference of the unit, both ways") {
  const auto plain = states({listed_file(at(vendor, "a.service"))});
  const auto edited = states({listed_file(at(vendor, "a.service"), 1, 7)});
  const auto dropped = states(
      {listed_file(at(vendor, "a.service")), listed_file(at(own, "a.service.d/limits.conf"))});
  CHECK(run::differences(plain, plain).empty());
  CHECK(run::differences(plain, edited).size() == 1);
  CHECK(run::differences(plain, dropped).size() == 1);
  CHECK(run::differences(dropped, plain).size() == 1);
}

TEST_CASE("a tree without units has none") { CHECK(states({listed_file("etc/passwd")}).empty()); }
