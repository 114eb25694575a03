// SPDX-License-Identifier: Apache-2.0
#include "boot/uki.hpp"

#include <filesystem>

#include "base/error.hpp"
#include "boot/pe.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/tiny_pe.hpp"

using namespace ingot;

namespace {

struct Place {
  os::TempDir folder{"uki"};
  boot::UkiRequest request;

  Place() {
    const auto& path = folder.path();
    os::write_file(path / "stub", test::text_of(test::tiny_pe()));
    os::write_file(path / "kernel", test::text_of(test::tiny_pe()));
    os::write_file(path / "initrd", "an archive");
    request.stub = path / "stub";
    request.kernel = path / "kernel";
    request.initrds = {path / "initrd"};
    request.kernel_line = "quiet console=ttyS0";
    request.os_release = "ID=test\n";
    request.uname = "6.12.94+deb13-amd64";
    request.sbat = "sbat,1,ours\n";
    request.output = path / "node.efi";
  }
};

}  // namespace

TEST_CASE("a UKI holds what systemd's stub looks for, the kernel last") {
  const Place place;
  boot::write_uki(place.request);
  const auto& output = place.request.output;
  CHECK(boot::read_uki_section(output, ".cmdline") == "quiet console=ttyS0");
  CHECK(boot::read_uki_section(output, ".osrel") == "ID=test\n");
  CHECK(boot::read_uki_section(output, ".uname") == "6.12.94+deb13-amd64");
  CHECK(boot::read_uki_section(output, ".initrd") == "an archive");
  CHECK(boot::read_section(output, ".linux") == os::read_file(place.request.kernel));
  CHECK(boot::read_pe(output).sections.back().name == ".linux");
  // The stub's own revocation record stays the only one.
  CHECK(boot::read_uki_section(output, ".sbat") == "sbat,1");
}

TEST_CASE("a UKI of the same inputs has the same bytes") {
  const Place place;
  boot::write_uki(place.request);
  const std::string first = os::read_file(place.request.output);
  boot::write_uki(place.request);
  CHECK(os::read_file(place.request.output) == first);
}

TEST_CASE("requests that cannot boot are refused") {
  Place place;
  SECTION("no initrd") { place.request.initrds.clear(); }
  SECTION("newline in the line") { place.request.kernel_line = "a\nb"; }
  SECTION("zero byte in the line") { place.request.kernel_line = std::string("a\0b", 3); }
  SECTION("empty line") { place.request.kernel_line.clear(); }
  SECTION("no os-release") { place.request.os_release.clear(); }
  SECTION("kernel of another machine") {
    os::write_file(place.request.kernel, test::text_of(test::tiny_pe({.machine = 0xaa64})));
  }
  SECTION("kernel that is no EFI application") {
    os::write_file(place.request.kernel, test::text_of(test::tiny_pe({.subsystem = 3})));
  }
  SECTION("kernel that is no program") { os::write_file(place.request.kernel, "bzImage"); }
  try {
    boot::write_uki(place.request);
    FAIL("it was accepted");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
  }
  CHECK_FALSE(std::filesystem::exists(place.request.output));
}
