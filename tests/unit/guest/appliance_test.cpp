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

TEST_CASE("a kernel of the host counts when its modules are there", "[guest]") {
  const os::TempDir root("host");
  CHECK_FALSE(guest::host_kernel(root.path()));
  for (const char* release : {"6.1.0-1", "6.1.0-2", "6.1.0-3"})
    os::write_file(root.path() / "boot" / (std::string("vmlinuz-") + release), "kernel");
  CHECK_FALSE(guest::host_kernel(root.path()));
  for (const char* release : {"6.1.0-1", "6.1.0-2"})
    std::filesystem::create_directories(root.path() / "lib/modules" / release);
  const auto kernel = guest::host_kernel(root.path());
  REQUIRE(kernel);
  CHECK(kernel->release == "6.1.0-2");
  CHECK(kernel->image == root.path() / "boot/vmlinuz-6.1.0-2");
}

TEST_CASE("without supermin its package is named", "[guest]") {
  const os::TempDir empty("path");
  const os::Environment environment({{"PATH", empty.path().string()}}, "/", "/ingot");
  const auto lack = guest::appliance_lack(environment);
  REQUIRE(lack);
  CHECK(lack->fix == "as root, run: apt-get install supermin");
}
