// SPDX-License-Identifier: Apache-2.0
#include "boot/accelerator.hpp"

#include <unistd.h>

#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "boot/machine.hpp"
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/signals.hpp"

namespace ingot::boot {
namespace {

using std::chrono::milliseconds;

// The first line that QEMU wrote, for the reason.
std::string complaint(const std::filesystem::path& folder) {
  const std::string text = os::read_file_if_any(folder / qemu_log).value_or("");
  for (const std::string& line : split(text, '\n')) {
    if (!trimmed(line).empty()) return format(": {}", std::string(trimmed(line).substr(0, 200)));
  }
  return {};
}

bool has_spoken(const std::filesystem::path& folder) {
  std::error_code error;
  const auto size = std::filesystem::file_size(folder / serial_log, error);
  return !error && size > 0;
}

Accelerator probe_boot(const ProbeRequest& request) {
  const MachineSpec spec{.qemu = request.qemu,
                         .accelerator = AcceleratorKind::kvm,
                         .firmware = request.firmware,
                         .cpus = request.cpus,
                         .memory = 512_MiB,
                         .netboot = {},
                         .disk = {},
                         .oem_strings = {},
                         .folder = request.scratch};
  const os::Clock& clock = os::system_clock();
  const auto start = clock.steady();
  Machine machine(spec);
  for (;;) {
    const auto took = std::chrono::duration_cast<milliseconds>(clock.steady() - start);
    const double seconds = static_cast<double>(took.count()) / 1000;
    if (has_spoken(request.scratch)) {
      return {AcceleratorKind::kvm, format("a probe boot answered after {:.1f} s", seconds)};
    }
    if (const auto outcome = machine.poll()) {
      return {AcceleratorKind::tcg, format("QEMU with KVM ended with exit code {}{}",
                                           outcome->exit_code, complaint(request.scratch))};
    }
    if (took >= request.limit) {
      return {AcceleratorKind::tcg, format("a probe boot under KVM said nothing for {:.0f} s{}",
                                           seconds, complaint(request.scratch))};
    }
    os::check_stop();
    std::this_thread::sleep_for(milliseconds(50));
  }
}

}  // namespace

std::string_view name_of(AcceleratorKind kind) noexcept {
  return kind == AcceleratorKind::kvm ? "kvm" : "tcg";
}

std::optional<AcceleratorChoice> accelerator_choice(std::string_view name) {
  if (name == "auto") return AcceleratorChoice::automatic;
  if (name == "kvm") return AcceleratorChoice::kvm;
  if (name == "tcg") return AcceleratorChoice::tcg;
  return std::nullopt;
}

Accelerator probe_kvm(const ProbeRequest& request) {
  std::error_code error;
  if (!std::filesystem::exists(request.device, error)) {
    return {AcceleratorKind::tcg, format("no {}", request.device.string())};
  }
  if (::access(request.device.c_str(), R_OK | W_OK) != 0) {
    return {AcceleratorKind::tcg, format("no permission to use {}", request.device.string())};
  }
  return probe_boot(request);
}

Accelerator choose_accelerator(AcceleratorChoice choice, const ProbeRequest& request) {
  if (choice == AcceleratorChoice::tcg) return {AcceleratorKind::tcg, "asked for"};
  Accelerator found = probe_kvm(request);
  if (choice == AcceleratorChoice::kvm && found.kind != AcceleratorKind::kvm) {
    throw Error(Fault::environment,
                format("KVM was asked for but does not work here ({}); without --accel kvm the "
                       "test runs under emulation",
                       found.why));
  }
  return found;
}

}  // namespace ingot::boot
