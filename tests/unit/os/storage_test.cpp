// SPDX-License-Identifier: Apache-2.0
#include "os/storage.hpp"

#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("a folder that is not there yet has the room of the nearest that is", "[os]") {
  const os::TempDir temp("storage");
  const os::Storage here = os::storage_of(temp.path());
  const os::Storage below = os::storage_of(temp.path() / "not" / "yet");
  CHECK(below.folder == temp.path());
  CHECK(below.device == here.device);
  CHECK(below.writable);
  CHECK(here.free > 1_MiB);
  CHECK_FALSE(here.type.empty());
}

TEST_CASE("files are counted without their holes", "[os]") {
  const os::TempDir temp("storage");
  CHECK(os::allocated_below(temp.path() / "gone").count == 0);
  os::write_file(temp.path() / "below" / "full", std::string(64 << 10, 'x'));
  os::write_file(temp.path() / "holes", "");
  std::filesystem::resize_file(temp.path() / "holes", 1ULL << 30);
  const Bytes all = os::allocated_below(temp.path());
  CHECK(all.count >= 64U << 10);
  CHECK(all < 1_MiB);
}
