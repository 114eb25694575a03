// SPDX-License-Identifier: Apache-2.0
#include "archive/deb.hpp"

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/tar_text.hpp"
#include "support/zstd_text.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

const std::string control =
    "Package: thing\nVersion: 1:2.0-3\nDescription: a thing\n that does\n .\n much\n";
const std::string control_tar = test::tar_of(
    {{"./", '5', "", 0755}, {"./control", '0', control}, {"./postinst", '0', "#!/bin/sh\n"}});
const std::string data_tar = test::tar_of({{"./", '5', "", 0755},
                                           {"./usr/", '5', "", 0755},
                                           {"./usr/bin/", '5', "", 0755},
                                           {"./usr/bin/thing", '0', "run", 0755}});

struct Package {
  os::TempDir folder{"deb test"};
  fs::path path = folder.path() / "a thing.deb";
  fs::path out = folder.path() / "out";

  explicit Package(const std::vector<std::pair<std::string, std::string>>& members) {
    os::write_file(path, test::ar_of(members));
    fs::create_directory(out);
  }
};

std::string refusal_of(const std::vector<std::pair<std::string, std::string>>& members) {
  const Package package(members);
  try {
    (void)archive::read_deb_control(package.path);
    archive::extract_deb(package.path, package.out);
  } catch (const Error& error) {
    CHECK((error.fault() == Fault::verification || error.fault() == Fault::unsupported));
    return error.message();
  }
  return "accepted";
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("fields and scripts of a package are read", "[archive]") {
  const Package package({{"debian-binary", "2.0\n"},
                         {"control.tar", control_tar},
                         {"data.tar.zst", test::zstd_of(data_tar)}});
  const archive::DebControl read = archive::read_deb_control(package.path);
  CHECK(read.field("Package") == "thing");
  CHECK(read.field("Version") == "1:2.0-3");
  CHECK(read.field("Description") == "a thing\nthat does\n.\nmuch");
  CHECK(read.field("Absent").empty());
  CHECK(read.files.at("postinst") == "#!/bin/sh\n");
  CHECK(read.files.size() == 2);
}

TEST_CASE("the payload of a package is unpacked", "[archive]") {
  for (const bool compressed : {false, true}) {
    const Package package(
        {{"debian-binary", "2.0\n"},
         {"control.tar", control_tar},
         {compressed ? "data.tar.zst" : "data.tar", compressed ? test::zstd_of(data_tar) : data_tar}});
    archive::extract_deb(package.path, package.out);
    CHECK(os::read_file(package.out / "usr/bin/thing") == "run");
  }
}

TEST_CASE("what is no package is refused with the reason", "[archive]") {
  CHECK(holds(refusal_of({{"other", "x"}}), "debian-binary"));
  CHECK(holds(refusal_of({{"debian-binary", "3.0\n"}}), "unknown format"));
  CHECK(holds(refusal_of({{"debian-binary", "2.0\n"}}), "control.tar is missing"));
  CHECK(holds(refusal_of({{"debian-binary", "2.0\n"}, {"control.tar", control_tar}}),
              "data.tar is missing"));
  CHECK(holds(refusal_of({{"debian-binary", "2.0\n"}, {"control.tar.7z", "x"}}), "compressed"));
  CHECK(holds(refusal_of({{"debian-binary", "2.0\n"}, {"control.tar", data_tar}}),
              "no control file"));
  CHECK(refusal_of({{"debian-binary", "2.0\n"}, {"control.tar.xz", "not xz"}}) != "accepted");
  CHECK(holds(refusal_of({{"debian-binary", "2.0\n"},
                          {"control.tar", test::tar_of({{"control", '0', "A: b\nA: c\n"}})}}),
              "twice"));
  CHECK(holds(refusal_of({{"debian-binary", "2.0\n"},
                          {"control.tar", control_tar},
                          {"data.tar", test::tar_of({{"../../evil", '0', "x"}})}}),
              "upwards"));
}

TEST_CASE("a package cut off anywhere is refused without a crash", "[archive]") {
  const std::string bytes = test::ar_of({{"debian-binary", "2.0\n"},
                                         {"control.tar.zst", test::zstd_of(control_tar)},
                                         {"data.tar.zst", test::zstd_of(data_tar)}});
  const os::TempDir folder("deb test");
  for (std::size_t size = 0; size + 2 < bytes.size(); size += 7) {
    os::write_file(folder.path() / "t.deb", bytes.substr(0, size));
    INFO(size);
    CHECK_THROWS_AS(archive::extract_deb(folder.path() / "t.deb", folder.path()), Error);
  }
}
