// SPDX-License-Identifier: Apache-2.0
#include "run/file_owners.hpp"

#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;
using test::listed_file;

namespace {

const std::string info = "var/lib/dpkg/info/";

std::vector<archive::ListedFile> tree() {
  return test::listed_tree({test::listed_link("lib", "usr/lib"), listed_file("usr/lib/x.so"),
                            listed_file("usr/bin/tool"), listed_file("usr/bin/tool.other"),
                            listed_file("etc/own"), listed_file(info + "libx:amd64.list"),
                            listed_file(info + "libx:amd64.md5sums"),
                            listed_file(info + "tool.list"), listed_file(info + "format"),
                            listed_file("var/lib/dpkg/diversions")});
}

}  // namespace

TEST_CASE("files belong to the package that lists them, through links of the tree") {
  const auto files = tree();
  CHECK(run::owner_records(files) == std::set<std::string>{info + "libx:amd64.list",
                                                           info + "tool.list",
                                                           "var/lib/dpkg/diversions"});
  const auto owners =
      run::file_owners(files, {{info + "libx:amd64.list", "/.\n/lib\n/lib/x.so\n/gone\n"},
                               {info + "tool.list", "/.\n/usr\n/usr/bin\n/usr/bin/tool\n"}});
  CHECK(owners.at("usr/lib/x.so") == "libx");
  CHECK(owners.at("usr/bin/tool") == "tool");
  CHECK(owners.count("etc/own") == 0);
  CHECK(owners.at("usr/bin") == "tool");
  CHECK(owners.at(".") == "libx");
}

TEST_CASE("dpkg's own records of a package are the package's") {
  const auto owners = run::file_owners(tree(), {});
  CHECK(owners.at(info + "libx:amd64.md5sums") == "libx");
  CHECK(owners.at(info + "tool.list") == "tool");
  CHECK(owners.count(info + "format") == 0);
  CHECK(owners.size() == 3);
}

TEST_CASE("a diverted file is found where it went") {
  const auto owners = run::file_owners(
      tree(), {{"var/lib/dpkg/diversions", "/usr/bin/tool\n/usr/bin/tool.other\nlibx\n"},
               {info + "libx:amd64.list", "/usr/bin/tool\n"},
               {info + "tool.list", "/usr/bin/tool\n"}});
  CHECK(owners.at("usr/bin/tool") == "libx");
  CHECK(owners.at("usr/bin/tool.other") == "tool");
}
