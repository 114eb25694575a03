// SPDX-License-Identifier: Apache-2.0
#include "boot/machine.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/error.hpp"
#include "base/words.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/fake_runner.hpp"

using namespace ingot;

namespace {

boot::MachineSpec spec() {
  boot::MachineSpec spec;
  spec.qemu = "/usr/bin/qemu-system-x86_64";
  spec.firmware = {"/fw/code.fd", "/fw/vars.fd"};
  spec.cpus = 2;
  spec.memory = 2_GiB;
  spec.folder = "/somewhere/m";
  return spec;
}

bool has(const std::vector<std::string>& arguments, const std::string& option,
         const std::string& value) {
  for (std::size_t at = 0; at + 1 < arguments.size(); ++at) {
    if (arguments[at] == option && arguments[at + 1] == value) return true;
  }
  return false;
}

bool mentions(const std::vector<std::string>& arguments, std::string_view part) {
  return joined(arguments, " ").find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every machine is a headless q35 that ends when the guest reboots") {
  const auto arguments = boot::machine_arguments(spec());
  CHECK(has(arguments, "-machine", "q35"));
  CHECK(has(arguments, "-accel", "tcg,thread=multi"));
  CHECK(has(arguments, "-cpu", "max"));
  CHECK(has(arguments, "-smp", "2"));
  CHECK(has(arguments, "-m", "2048M"));
  CHECK(has(arguments, "-display", "none"));
  CHECK(mentions(arguments, "-no-reboot"));
  CHECK(mentions(arguments, "unit=0,format=raw,readonly=on,file=/fw/code.fd"));
  CHECK(mentions(arguments, "unit=1,format=raw,file=/somewhere/m/variables.fd"));
  CHECK(has(arguments, "-chardev", "file,id=report,path=/somewhere/m/report.raw"));
  CHECK(has(arguments, "-device", "virtserialport,chardev=report,name=org.ingot.selftest"));
  CHECK_FALSE(mentions(arguments, "tftp"));
  CHECK_FALSE(mentions(arguments, "-smbios"));
}

TEST_CASE("KVM replaces the emulation and nothing else") {
  auto kvm = spec();
  kvm.accelerator = boot::AcceleratorKind::kvm;
  auto arguments = boot::machine_arguments(kvm);
  CHECK(has(arguments, "-accel", "kvm"));
  std::replace(arguments.begin(), arguments.end(), std::string("kvm"),
               std::string("tcg,thread=multi"));
  CHECK(arguments == boot::machine_arguments(spec()));
}

TEST_CASE("a network boot comes from QEMU's TFTP server") {
  auto netboot = spec();
  netboot.netboot = "/out/x.efi";
  netboot.oem_strings = {"ingot.mirror=http://10.0.2.2:1,http://10.0.2.2:2", "ingot.rounds=2"};
  const auto arguments = boot::machine_arguments(netboot);
  CHECK(has(arguments, "-netdev", "user,id=net,ipv6=off,tftp=/somewhere/m/tftp,bootfile=boot.efi"));
  CHECK(has(arguments, "-device", "virtio-net-pci,netdev=net,romfile=,bootindex=0"));
  CHECK(has(arguments, "-smbios",
            "type=11,value=ingot.mirror=http://10.0.2.2:1,,http://10.0.2.2:2,"
            "value=ingot.rounds=2"));
  CHECK_FALSE(mentions(arguments, "virtio-blk"));
}

TEST_CASE("a disk is never written to") {
  auto disk = spec();
  disk.disk = "/out/a, b.raw";
  const auto arguments = boot::machine_arguments(disk);
  CHECK(has(arguments, "-drive", "if=none,id=disk,format=raw,snapshot=on,file=/out/a,, b.raw"));
  CHECK(has(arguments, "-device", "virtio-blk-pci,drive=disk,bootindex=0"));
  CHECK(has(arguments, "-device", "virtio-net-pci,netdev=net,romfile="));
}

TEST_CASE("QEMU's version is its first line's") {
  test::FakeRunner runner;
  runner.when("qemu", 0, "QEMU emulator version 7.2.22 (Debian 1:7.2)\nCopyright (c)\n");
  CHECK(boot::qemu_version(runner, "/x/qemu") == "7.2.22 (Debian 1:7.2)");
  runner.when("qemu", 1, "no such option\n");
  CHECK(boot::qemu_version(runner, "/x/qemu").empty());
}

TEST_CASE("a missing QEMU names the package") {
  const os::TempDir empty("path");
  const os::Environment environment({{"PATH", empty.path().string()}}, "/", "/ingot");
  if (os::find_program(environment, "qemu-system-x86_64")) return;  // in /usr/sbin or /sbin
  try {
    boot::find_qemu(environment);
    FAIL("found QEMU");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::environment);
    CHECK(error.message().find("qemu-system-x86") != std::string::npos);
  }
}

TEST_CASE("a machine gets its own copy of the variables and the boot file by link") {
  const os::TempDir folder("machine");
  os::write_file(folder.path() / "vars.fd", "template", 0444);
  os::write_file(folder.path() / "x.efi", "uki");
  os::write_file(folder.path() / "qemu", "#!/bin/sh\necho started >&2\nexit 3\n", 0755);
  std::filesystem::create_directory(folder.path() / "m");
  auto netboot = spec();
  netboot.qemu = folder.path() / "qemu";
  netboot.firmware = {"/none", folder.path() / "vars.fd"};
  netboot.netboot = folder.path() / "x.efi";
  netboot.folder = folder.path() / "m";

  boot::Machine machine(netboot);
  std::optional<os::Outcome> outcome;
  for (int tries = 0; tries < 500 && !outcome; ++tries) {
    outcome = machine.poll();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  REQUIRE(outcome);
  CHECK(outcome->exit_code == 3);
  CHECK(os::read_file(netboot.folder / boot::qemu_log) == "started\n");
  CHECK(os::read_file(netboot.folder / "tftp/boot.efi") == "uki");
  os::write_file(netboot.folder / "variables.fd", "changed");
  CHECK(os::read_file(folder.path() / "vars.fd") == "template");
}
