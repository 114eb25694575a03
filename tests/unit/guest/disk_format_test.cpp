// SPDX-License-Identifier: Apache-2.0
#include "guest/disk_format.hpp"

#include <string>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

std::string qcow2(unsigned version) {
  std::string header(104, '\0');
  header.replace(0, 4, "QFI\xfb");
  header[7] = static_cast<char>(version);
  return header;
}

guest::DiskFormat format_of(const std::string& content) {
  const os::TempDir folder("disk format");
  os::write_file(folder.path() / "disk", content);
  return guest::disk_format_of(folder.path() / "disk");
}

}  // namespace

TEST_CASE("a disk is a qcow2 by its first bytes and raw otherwise", "[guest]") {
  CHECK(format_of("") == guest::DiskFormat::raw);
  CHECK(format_of(std::string(512, '\0')) == guest::DiskFormat::raw);
  CHECK(format_of(qcow2(2)) == guest::DiskFormat::qcow2);
  CHECK(format_of(qcow2(3)) == guest::DiskFormat::qcow2);
}

TEST_CASE("a qcow2 that names other files is refused", "[guest]") {
  std::string backed = qcow2(3);
  backed[15] = 104;
  CHECK_THROWS_AS(format_of(backed), Error);
  std::string external = qcow2(3);
  external[79] = 4;
  CHECK_THROWS_AS(format_of(external), Error);
}
