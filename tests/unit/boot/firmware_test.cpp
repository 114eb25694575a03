// SPDX-License-Identifier: Apache-2.0
#include "boot/firmware.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("firmware is found where a distribution keeps it, newest layout first") {
  const os::TempDir root("firmware");
  const auto& pairs = boot::known_firmware();
  REQUIRE(pairs.size() > 1);
  os::write_file(root.path() / pairs[1].code, "code");
  os::write_file(root.path() / pairs[1].variables, "variables");
  CHECK(boot::find_firmware(root.path()).code == root.path() / pairs[1].code);

  SECTION("half a pair does not count") {
    os::write_file(root.path() / pairs[0].code, "code");
    CHECK(boot::find_firmware(root.path()).code == root.path() / pairs[1].code);
  }
  SECTION("the better pair wins") {
    os::write_file(root.path() / pairs[0].code, "code");
    os::write_file(root.path() / pairs[0].variables, "variables");
    CHECK(boot::find_firmware(root.path()).variables == root.path() / pairs[0].variables);
  }
}

TEST_CASE("missing firmware names the package that brings it") {
  const os::TempDir root("firmware");
  try {
    boot::find_firmware(root.path());
    FAIL("found firmware in an empty folder");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::environment);
    CHECK(error.message().find("apt-get install ovmf") != std::string::npos);
  }
}
