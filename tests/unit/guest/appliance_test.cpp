// SPDX-License-Identifier: Apache-2.0
#include "guest/appliance.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/fake_runner.hpp"

using namespace ingot;

TEST_CASE("an appliance is finished when its mark is there", "[guest]") {
  const os::TempDir folder("appliance");
  CHECK_FALSE(guest::is_appliance(folder.path()));
  os::write_file(folder.path() / "README.fixed", "");
  CHECK(guest::is_appliance(folder.path()));
}

TEST_CASE("the library tells its version", "[guest]") {
  CHECK(guest::library_version().find('.') == 1);
}
