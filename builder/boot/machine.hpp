// SPDX-License-Identifier: Apache-2.0
// A virtual machine in QEMU that boots a release's files without ever writing to them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "boot/accelerator.hpp"
#include "boot/firmware.hpp"
#include "os/environment.hpp"
#include "os/lack.hpp"
#include "os/process.hpp"

namespace ingot::boot {

/// The name of the virtio port on which the node writes its self-test report.
inline constexpr std::string_view report_port = "org.ingot.selftest";

/// Where the host's loopback is, seen from the guest.
inline constexpr std::string_view host_address = "10.0.2.2";

/// What a machine boots, and where what it says goes.
struct MachineSpec {
  std::filesystem::path qemu;
  AcceleratorKind accelerator = AcceleratorKind::tcg;
  Firmware firmware;
  unsigned cpus = 1;
  Bytes memory;

  /// Network boot: firmware fetches this file, as it is, by PXE from QEMU's own TFTP server.
  std::optional<std::filesystem::path> netboot;
  /// Disk boot: whole-disk image; what the guest writes goes to a throw-away overlay.
  std::optional<std::filesystem::path> disk;
  std::string disk_format = "raw";  ///< or "qcow2"

  /// SMBIOS type 11 strings: "ingot.mirror=http://...".
  std::vector<std::string> oem_strings;

  std::filesystem::path folder;  ///< existing; holds serial.log, report.json, qemu.log and scratch
};

/// Files below MachineSpec::folder.
inline constexpr std::string_view serial_log = "serial.log";
inline constexpr std::string_view report_file = "report.raw";
inline constexpr std::string_view qemu_log = "qemu.log";

/// QEMU's arguments for `spec`; pure.
std::vector<std::string> machine_arguments(const MachineSpec& spec);

/// A host without QEMU.
os::Lack no_qemu();

/// qemu-system-x86_64 on PATH; Fault::environment names the package to install.
std::filesystem::path find_qemu(const os::Environment& environment);

/// "7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)"; empty when QEMU does not say.
std::string qemu_version(const os::Runner& runner, const std::filesystem::path& qemu);

/// A running machine; ended by the destructor, and by the kernel when this process dies in any
/// way.
class Machine {
public:
  /// Prepares the folder (copy of the firmware's variables, TFTP folder) and starts QEMU.
  explicit Machine(const MachineSpec& spec);

  /// QEMU's outcome once it has ended, nothing while it runs.
  std::optional<os::Outcome> poll();
  void stop();

private:
  os::Process process_;
};

}  // namespace ingot::boot
