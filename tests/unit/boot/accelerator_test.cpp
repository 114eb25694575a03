// SPDX-License-Identifier: Apache-2.0
#include "boot/accelerator.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using boot::AcceleratorChoice;
using boot::AcceleratorKind;

namespace {

/// A stand-in for QEMU: a script that finds the machine's folder in TMPDIR.
boot::ProbeRequest probe_with(const os::TempDir& folder, const std::string& script) {
  os::write_file(folder.path() / "qemu", "#!/bin/sh\n" + script, 0755);
  os::write_file(folder.path() / "vars.fd", "x");
  os::write_file(folder.path() / "kvm", "");
  std::filesystem::create_directory(folder.path() / "scratch");
  return {.qemu = folder.path() / "qemu",
          .firmware = {"/none", folder.path() / "vars.fd"},
          .cpus = 1,
          .device = folder.path() / "kvm",
          .scratch = folder.path() / "scratch",
          .limit = std::chrono::milliseconds(5000)};
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("accelerators are chosen by name") {
  CHECK(boot::accelerator_choice("auto") == AcceleratorChoice::automatic);
  CHECK(boot::accelerator_choice("kvm") == AcceleratorChoice::kvm);
  CHECK(boot::accelerator_choice("tcg") == AcceleratorChoice::tcg);
  CHECK_FALSE(boot::accelerator_choice("KVM"));
}

TEST_CASE("without a device there is no probe") {
  const os::TempDir folder("probe");
  auto request = probe_with(folder, "exit 9\n");
  request.device = folder.path() / "none";
  const auto found = boot::probe_kvm(request);
  CHECK(found.kind == AcceleratorKind::tcg);
  CHECK(holds(found.why, "no "));
}

TEST_CASE("KVM counts when the firmware speaks") {
  const os::TempDir folder("probe");
  const auto found =
      boot::probe_kvm(probe_with(folder, "echo hello >\"$TMPDIR/serial.log\"\nexec sleep 60\n"));
  CHECK(found.kind == AcceleratorKind::kvm);
  CHECK(holds(found.why, "answered"));
}

TEST_CASE("a guest that hangs is ended and KVM does not count") {
  const os::TempDir folder("probe");
  auto request = probe_with(folder, "echo 'KVM internal error'\nexec sleep 60\n");
  request.limit = std::chrono::milliseconds(500);
  const auto found = boot::probe_kvm(request);
  CHECK(found.kind == AcceleratorKind::tcg);
  CHECK(holds(found.why, "said nothing"));
  CHECK(holds(found.why, "KVM internal error"));
}

TEST_CASE("a QEMU that ends at once is quoted") {
  const os::TempDir folder("probe");
  const auto request =
      probe_with(folder, "echo 'Could not access KVM kernel module' >&2\nexit 1\n");
  const auto found = boot::probe_kvm(request);
  CHECK(found.kind == AcceleratorKind::tcg);
  CHECK(holds(found.why, "exit code 1: Could not access KVM kernel module"));

  SECTION("which is an error only when KVM was demanded") {
    CHECK(boot::choose_accelerator(AcceleratorChoice::automatic, request).kind ==
          AcceleratorKind::tcg);
    try {
      boot::choose_accelerator(AcceleratorChoice::kvm, request);
      FAIL("took KVM");
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::environment);
    }
  }
}

TEST_CASE("TCG asks nothing") {
  const os::TempDir folder("probe");
  const auto request = probe_with(folder, "touch \"$TMPDIR/started\"\n");
  CHECK(boot::choose_accelerator(AcceleratorChoice::tcg, request).kind == AcceleratorKind::tcg);
  CHECK(std::filesystem::is_empty(request.scratch));
}
