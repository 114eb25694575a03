// SPDX-License-Identifier: Apache-2.0
#include "archive/content.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;

TEST_CASE("content is read at any place, up to the size that was listed", "[archive]") {
  const os::TempDir folder("content");
  os::write_file(folder.path() / "etc/a", "0123456789");
  const archive::OpenContent open = archive::content_below(folder.path());
  const archive::ListedFile file = test::listed_file("etc/a", 10);
  const os::Fd fd = archive::open_content(open, file);
  std::vector<std::uint8_t> buffer(4);
  archive::read_content(fd, file, 6, buffer);
  CHECK(std::string(buffer.begin(), buffer.end()) == "6789");
  archive::read_content(fd, file, 0, buffer);
  CHECK(std::string(buffer.begin(), buffer.end()) == "0123");
  CHECK_THROWS_AS(archive::read_content(fd, file, 7, buffer), Error);
}

TEST_CASE("a file of another size than listed, or a link in its place, is not read", "[archive]") {
  const os::TempDir folder("content");
  os::write_file(folder.path() / "a", "0123456789");
  std::filesystem::create_symlink("a", folder.path() / "link");
  const archive::OpenContent open = archive::content_below(folder.path());
  CHECK_THROWS_AS(archive::open_content(open, test::listed_file("a", 9)), Error);
  CHECK_THROWS_AS(archive::open_content(open, test::listed_file("a", 11)), Error);
  CHECK_THROWS_AS(archive::open_content(open, test::listed_file("link", 10)), Error);
  CHECK_THROWS_AS(archive::open_content(open, test::listed_file("nothing", 10)), Error);
}
