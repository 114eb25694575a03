// SPDX-License-Identifier: Apache-2.0
#include "run/package_versions.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("a package list is read, with two architectures of one name apart") {
  const auto packages =
      run::parse_package_list("bash\t5.2-1\tamd64\nlibc6\t2.41\tamd64\nlibc6\t2.41\ti386\n");
  CHECK(packages ==
        run::PackageVersions{{"bash", "5.2-1"}, {"libc6", "2.41"}, {"libc6:i386", "2.41"}});
  CHECK(run::parse_package_list("").empty());
}

TEST_CASE("a package list with other lines is refused") {
  for (const char* text : {"bash 5.2 amd64\n", "bash\t5.2\n", "\t1\tamd64\n", "a\tb\tc\td\n"})
    CHECK_THROWS_AS(run::parse_package_list(text), Error);
}

TEST_CASE("of dpkg's status only what is there counts") {
  const auto packages = run::packages_of_status(
      "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n\n"
      "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
      "Package: held\nStatus: hold ok installed\nVersion: 2\n");
  CHECK(packages == run::PackageVersions{{"bash", "5.2-1"}, {"held", "2"}});
}
