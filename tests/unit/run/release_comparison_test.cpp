// SPDX-License-Identifier: Apache-2.0
#include "run/release_comparison.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/tiny_release.hpp"

using namespace ingot;
using run::Section;
namespace fs = std::filesystem;

namespace {

struct Pair {
  os::TempDir temp{"release comparison"};
  test::TinyRelease a{temp.path(), "a"};
  test::TinyRelease b{temp.path(), "b"};

  run::ReleaseDifference compare(const std::vector<std::string>& ignored = {}) const {
    a.build();
    b.build();
    return run::compare_releases({.a = a.folder, .b = b.folder, .ignored = ignored});
  }
  run::ReleaseDifference back() const {
    return run::compare_releases({.a = b.folder, .b = a.folder});
  }
};

bool only_differ(const run::ReleaseDifference& difference, const std::set<Section>& sections) {
  for (const Section section : run::all_sections) {
    if (!difference.was_compared(section)) return false;
    if (difference.is_equal(section) == sections.contains(section)) {
      UNSCOPED_INFO(run::name_of(section));
      return false;
    }
  }
  return difference.equal() == sections.empty();
}

}  // namespace

TEST_CASE("releases of equal trees are equal, whatever their logs say") {
  const Pair pair;
  CHECK(only_differ(pair.compare(), {}));
}

TEST_CASE("packages are compared in both directions") {
  Pair pair;
  pair.b.packages = "tool\t1.1-1\tamd64\nnew\t1\tall\n";
  const auto difference = pair.compare();
  CHECK(only_differ(difference, {Section::packages}));
  REQUIRE(difference.packages->size() == 3);
  CHECK(difference.packages->at(0).kind() == "added");
  CHECK(difference.packages->at(1).kind() == "removed");
  CHECK(difference.packages->at(2).b == "1.1-1");
  CHECK(pair.back().packages->at(0).kind() == "removed");
}

TEST_CASE("a module that was added or built anew is read") {
  const Pair pair;
  pair.b.put_module("kernel/fs/ext4.ko", "1.1");
  pair.b.put_module("updates/nvidia.ko", "550");
  const auto difference = pair.compare();
  CHECK(only_differ(difference,
                    {Section::modules, Section::files, Section::sizes, Section::formats}));
  REQUIRE(difference.modules->differences.size() == 2);
  const auto& changed = difference.modules->differences[0];
  CHECK(changed.a->facts->version == "1.0");
  CHECK(changed.b->facts->version == "1.1");
  CHECK(difference.modules->differences[1].b->facts->version == "550");
  CHECK(pair.back().modules->differences[1].a->facts->version == "550");
}

TEST_CASE("a kernel's options are compared in both directions") {
  const Pair pair;
  pair.b.put(format("boot/config-{}", pair.b.kernel), "CONFIG_A=m\nCONFIG_B=y\n");
  const auto difference = pair.compare();
  REQUIRE(difference.kernel_config->size() == 3);
  CHECK(difference.kernel_config->at(0) == run::Difference<std::string>{"CONFIG_A", "y", "m"});
  CHECK(difference.kernel_config->at(1).kind() == "added");
  CHECK(difference.kernel_config->at(2).kind() == "removed");
  CHECK(pair.back().kernel_config->at(1).kind() == "removed");
}

TEST_CASE("units, kernel line and agreement are compared") {
  Pair pair;
  pair.b.link("etc/systemd/system/x.target.wants/a.service", "/usr/lib/systemd/system/a.service");
  pair.b.kernel_line = "quiet console=ttyS1 ingot.root=x";
  pair.b.agreement =
      R"({"schema":"ingot/agreement/v1","verdict":"fail","rules":[{"id":"a.b","outcome":"fail"}]})";
  const auto difference = pair.compare();
  REQUIRE(difference.units->size() == 1);
  CHECK(difference.units->at(0).b->state == "enabled");
  REQUIRE(difference.kernel_line->size() == 2);
  CHECK(difference.kernel_line->at(0).b == "ttyS1");
  CHECK(difference.agreement->verdict_b == "fail");
  CHECK(difference.agreement->rules.at(0).b == "fail");
  CHECK_FALSE(difference.equal());
}

TEST_CASE("files are counted for the package that brought them") {
  const Pair pair;
  pair.b.put("usr/bin/tool", "other", 0755);
  const auto difference = pair.compare();
  CHECK(difference.files->packages.at("tool").changed == 1);
  CHECK(difference.sizes->total_a != difference.sizes->total_b);
  CHECK_FALSE(difference.sizes->packages.empty());
}

TEST_CASE("what is ignored does not count, nor what follows from it") {
  const Pair pair;
  pair.b.put("var/log/deep/boot", "text");
  pair.b.put("etc/machine-id", "1");
  CHECK_FALSE(pair.compare().equal());
  CHECK_FALSE(pair.compare({"/var/log"}).equal());
  CHECK(pair.compare({"/var", "/etc/mach*"}).equal());
}

TEST_CASE("of lone tars and lists only what they hold is compared") {
  const Pair pair;
  pair.b.put("etc/new", "1");
  pair.compare();
  const auto tars = run::compare_releases({.a = pair.a.tar(), .b = pair.b.tar()});
  CHECK(tars.packages->empty());
  CHECK(tars.files->total.added == 1);
  CHECK_FALSE(tars.formats);
  CHECK(tars.not_compared.size() == 3);
  const auto lists = run::compare_releases({.a = pair.a.list(), .b = pair.b.list()});
  CHECK_FALSE(lists.packages);
  CHECK(lists.files->total.added == 1);
  CHECK(lists.kernel_config->empty());
  CHECK(lists.not_compared.size() == 4);
}

TEST_CASE("sections that are not asked for are neither compared nor named") {
  const Pair pair;
  pair.compare();
  const auto difference = run::compare_releases(
      {.a = pair.a.folder, .b = pair.b.folder, .sections = {Section::packages}});
  CHECK(difference.was_compared(Section::packages));
  CHECK_FALSE(difference.was_compared(Section::files));
  CHECK(difference.not_compared.empty());
}

TEST_CASE("a damaged side is a fault, not a difference") {
  const Pair pair;
  pair.b.put("etc/new", "1");
  pair.compare();
  fs::resize_file(pair.b.tar(), 100);
  CHECK_THROWS_AS(run::compare_releases({.a = pair.a.folder, .b = pair.b.folder}), Error);
  CHECK_THROWS_AS(run::compare_releases({.a = pair.b.folder, .b = pair.a.folder}), Error);
  os::write_file(pair.b.list(), "#mtree\nx\n");
  CHECK_THROWS_AS(run::compare_releases({.a = pair.a.folder, .b = pair.b.folder}), Error);
}

TEST_CASE("sections are known by their names") {
  for (const Section section : run::all_sections)
    CHECK(run::section_of(run::name_of(section)) == section);
  CHECK_FALSE(run::section_of("everything"));
}
