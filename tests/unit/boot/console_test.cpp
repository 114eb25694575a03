// SPDX-License-Identifier: Apache-2.0
#include "boot/console.hpp"

#include "support/catch.hpp"

using namespace ingot;
using boot::BootFailure;
using boot::BootPhase;

namespace {

boot::ConsoleState read(std::string_view text) {
  boot::ConsoleReader reader;
  reader.feed(text);
  return reader.state();
}

constexpr std::string_view pxe =
    "\x1b[2J\x1b[01;01H\x1b[=3h\x1b[2J\x1b[01;01H\r\n>>Start PXE over IPv4.\r\n"
    "  Station IP address is 10.0.2.15\r\n\r\n  NBP filename is boot.efi\r\n";
constexpr std::string_view kernel =
    "EFI stub: Loaded initrd from LINUX_EFI_INITRD_MEDIA_GUID device path\r\n"
    "[    0.000000] Linux version 6.12.107+deb13-amd64 (gcc-14) #1 SMP\r\n";
constexpr std::string_view initrd =
    "[    5.1] Run /init as init process\r\nLoading, please wait...\r\n"
    "Begin: Mounting root file system ... Begin: Running /scripts/nfs-top ... done.\r\n";

std::string upto_initrd() { return std::string(pxe) + std::string(kernel) + std::string(initrd); }

}  // namespace

TEST_CASE("the phases of a boot follow from its console") {
  CHECK(read("").phase == BootPhase::firmware);
  CHECK(read(pxe).phase == BootPhase::firmware);
  CHECK(read(std::string(pxe) + std::string(kernel)).phase == BootPhase::kernel);
  CHECK(read(upto_initrd()).phase == BootPhase::initrd);
  const auto state = read(upto_initrd() + "[   40.2] systemd[1]: systemd 257.13-1 running\n");
  CHECK(state.phase == BootPhase::user_space);
  CHECK(state.failure == BootFailure::none);
  CHECK(read(upto_initrd() + "\r\nWelcome to \x1b[1mDebian GNU/Linux 13 (trixie)\x1b[0m!\r\n")
            .phase == BootPhase::user_space);
}

TEST_CASE("the console is the same however it is cut into pieces") {
  const std::string text = upto_initrd() +
                           "ingot: refused: http://a/b: HTTP status 404 Not Found\r\n"
                           "ingot: giving up: no mirror; rebooting in 5 s\r\n";
  const auto whole = read(text);
  boot::ConsoleReader reader;
  for (const char c : text) reader.feed({&c, 1});
  CHECK(reader.state().phase == whole.phase);
  CHECK(reader.state().failure == whole.failure);
  CHECK(reader.state().reason == whole.reason);
}

TEST_CASE("firmware that finds nothing to boot is told, with its complaint") {
  const auto state = read(
      "\x1b[01;01HBdsDxe: failed to load Boot0001 \"UEFI PXEv4\" from PciRoot(0x0): Not Found\r\n"
      "BdsDxe: loading Boot0002 \"EFI Internal Shell\" from Fv(7CB8BDC9)\r\n");
  CHECK(state.failure == BootFailure::firmware);
  CHECK(state.reason.find("BdsDxe: failed to load Boot0001") != std::string::npos);
}

TEST_CASE("firmware that goes on to other networks has failed at the one that counts") {
  const auto state = read(
      ">>Start PXE over IPv4.\r\n  PXE-E23: Client received TFTP error from server.\r\n"
      "BdsDxe: failed to load Boot0001 \"UEFI PXEv4\": Not Found\r\n>>Start PXE over IPv6.\r\n");
  CHECK(state.failure == BootFailure::firmware);
  CHECK(state.reason.find("PXE-E23") != std::string::npos);
}

TEST_CASE("what firmware complained of is forgotten once a kernel runs") {
  const auto state = read("BdsDxe: failed to load Boot0001: Not Found\r\n" + upto_initrd());
  CHECK(state.failure == BootFailure::none);
  CHECK(state.complaint.empty());
}

TEST_CASE("a kernel panic is told by its line, anywhere after the firmware") {
  const auto state = read(std::string(kernel) +
                          "[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n"
                          "[    1.6] ---[ end Kernel panic - not syncing: VFS ]---\r\n");
  CHECK(state.failure == BootFailure::kernel_panic);
  CHECK(state.reason == "[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs");
  CHECK(read(upto_initrd() + "systemd[1]: up\n[ 9.1] Kernel panic - not syncing: Attempted to "
                             "kill init!\n")
            .failure == BootFailure::kernel_panic);
}

TEST_CASE("one bad mirror is a complaint, all bad mirrors are a refusal") {
  const std::string refused =
      upto_initrd() +
      "ingot: fetching http://10.0.2.2:1/x.root.squashfs (10 bytes)\r\n"
      "ingot: refused: http://10.0.2.2:1/x.root.squashfs: digest mismatch: expected aa, got bb\r\n";
  const auto once = read(refused);
  CHECK(once.failure == BootFailure::none);
  CHECK(once.complaint.find("digest mismatch") != std::string::npos);
  CHECK(read(refused + "ingot: root is mounted, starting user space\r\n").phase ==
        BootPhase::user_space);

  const auto twice =
      read(refused + "ingot: giving up: no mirror gave the root image in 2 rounds; rebooting\r\n");
  CHECK(twice.failure == BootFailure::root_refused);
  CHECK(twice.reason.find("giving up") != std::string::npos);
  CHECK(twice.reason.find("digest mismatch") != std::string::npos);
}

TEST_CASE("an initramfs shell is a refused root even before its line ends") {
  CHECK(read(upto_initrd() + "ALERT!  LABEL=root does not exist.  Dropping to a shell!\r\n"
                             "\x1b[6n(initramfs) ")
            .failure == BootFailure::root_refused);
}

TEST_CASE("emergency mode is a failure of user space") {
  CHECK(read(upto_initrd() + "systemd[1]: Reached target emergency.target\r\n"
                             "You are in emergency mode. After logging in, type\r\n")
            .failure == BootFailure::user_space);
}

TEST_CASE("what services print does not look like the initrd's hook") {
  CHECK(read(upto_initrd() + "systemd[1]: up\nlogger: ingot: giving up: nothing\n").failure ==
        BootFailure::none);
}

TEST_CASE("reasons carry no control characters and endless lines are cut") {
  const auto state = read(std::string(kernel) +
                          "\x1b[31m[ 1.0] Kernel panic - not syncing:\x1b[0m \x01\x02"
                          "bad\xff\n");
  CHECK(state.reason == "[ 1.0] Kernel panic - not syncing: bad");

  boot::ConsoleReader reader;
  for (int i = 0; i < 100; ++i) reader.feed(std::string(100'000, 'x'));
  reader.feed("\n");
  reader.feed(kernel);
  CHECK(reader.state().phase == BootPhase::kernel);
}
