// SPDX-License-Identifier: Apache-2.0
#include "os/copy.hpp"

#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
namespace fs = std::filesystem;

namespace {

struct stat status_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status;
}

}  // namespace

TEST_CASE("a copy has the same bytes, and is a file of its own", "[os]") {
  const os::TempDir temp("copy");
  const fs::path from = temp.path() / "from";
  os::write_file(from, std::string(700'001, 'x'));
  os::copy_file(from, temp.path() / "to", 0600);
  CHECK(os::read_file(temp.path() / "to") == os::read_file(from));
  CHECK((status_of(temp.path() / "to").st_mode & 07777) == 0600);
  CHECK(status_of(temp.path() / "to").st_ino != status_of(from).st_ino);
  os::write_file(from, "");
  os::copy_file(from, temp.path() / "to");
  CHECK(os::read_file(temp.path() / "to").empty());
}

TEST_CASE("holes stay holes, at the end too", "[os]") {
  const os::TempDir temp("copy");
  const fs::path from = temp.path() / "from";
  os::write_file(from, "begin");
  REQUIRE(::truncate(from.c_str(), 64 << 20) == 0);
  os::copy_file(from, temp.path() / "to");
  CHECK(status_of(temp.path() / "to").st_size == 64 << 20);
  CHECK(status_of(temp.path() / "to").st_blocks <= status_of(from).st_blocks + 8);
  CHECK(os::read_file(temp.path() / "to").starts_with("begin"));
}

TEST_CASE("sharing gives the same bytes, and never replaces a file", "[os]") {
  const os::TempDir temp("copy");
  os::write_file(temp.path() / "from", "bytes");
  os::share_file(temp.path() / "from", temp.path() / "to");
  CHECK(os::read_file(temp.path() / "to") == "bytes");
  CHECK_THROWS_AS(os::copy_file(temp.path() / "gone", temp.path() / "x"), Error);
  CHECK_THROWS_AS(os::share_file(temp.path() / "gone", temp.path() / "x"), Error);
}
