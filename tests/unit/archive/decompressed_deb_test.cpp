// SPDX-License-Identifier: Apache-2.0
#include "archive/decompressed_deb.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "archive/deb.hpp"
#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/tar_text.hpp"
#include "support/zstd_text.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

const std::string control_tar =
    test::tar_of({{"./", '5', "", 0755}, {"./control", '0', "Package: thing\nVersion: 1\n"}});
const std::string data_tar = test::tar_of({{"./", '5', "", 0755}, {"./odd", '0', "odd"}});

using Members = std::vector<std::pair<std::string, std::string>>;

struct Decompressed {
  os::TempDir folder{"decompressed"};
  fs::path path = folder.path() / "plain.deb";

  explicit Decompressed(const Members& members) {
    const fs::path source = folder.path() / "thing.deb";
    os::write_file(source, test::ar_of(members));
    archive::decompress_deb(source, path);
  }
};

Fault fault_of(const Members& members) {
  try {
    const Decompressed made(members);
  } catch (const Error& error) {
    return error.fault();
  }
  return Fault::internal;
}

}  // namespace

TEST_CASE("a decompressed package holds the archives as they were packed", "[archive]") {
  const std::string text = os::read_file(Decompressed({{"debian-binary", "2.0\n"},
                                                       {"control.tar.zst", test::zstd_of(control_tar)},
                                                       {"_gpgorigin", "signature"},
                                                       {"data.tar.zst", test::zstd_of(data_tar)}})
                                             .path);
  CHECK(text.starts_with("!<arch>\ndebian-binary   "));
  CHECK(text.find(control_tar) != std::string::npos);
  CHECK(text.find(data_tar) != std::string::npos);
  CHECK(text.find("_gpgorigin") == std::string::npos);
}

TEST_CASE("a decompressed package is a package with the same fields and files", "[archive]") {
  // An odd length, which ar pads.
  const std::string odd = data_tar + "x";
  const Decompressed made(
      {{"debian-binary", "2.0\n"}, {"control.tar", control_tar}, {"data.tar.zst", test::zstd_of(odd)}});
  CHECK(fs::file_size(made.path) % 2 == 0);
  CHECK(archive::read_deb_control(made.path).field("Package") == "thing");
  fs::create_directory(made.folder.path() / "out");
  archive::extract_deb(made.path, made.folder.path() / "out");
  CHECK(os::read_file(made.folder.path() / "out/odd") == "odd");
}

TEST_CASE("a package that is cut or none at all is not decompressed", "[archive]") {
  CHECK(fault_of({{"debian-binary", "3.0\n"}}) == Fault::verification);
  CHECK(fault_of({{"debian-binary", "2.0\n"}, {"control.tar", control_tar}}) ==
        Fault::verification);
  const std::string packed = test::zstd_of(std::string(100'000, 'a') + data_tar);
  CHECK(fault_of({{"debian-binary", "2.0\n"},
                  {"control.tar", control_tar},
                  {"data.tar.zst", packed.substr(0, packed.size() - 9)}}) == Fault::verification);
  CHECK(fault_of({{"debian-binary", "2.0\n"},
                  {"control.tar", control_tar},
                  {"data.tar.lzma", data_tar}}) == Fault::unsupported);
}
