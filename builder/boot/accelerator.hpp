// SPDX-License-Identifier: Apache-2.0
// Whether KVM really runs a guest here: only a boot tells, an existing /dev/kvm does not.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "boot/firmware.hpp"

namespace ingot::boot {

enum class AcceleratorKind { kvm, tcg };
enum class AcceleratorChoice { automatic, kvm, tcg };

std::string_view name_of(AcceleratorKind kind) noexcept;

/// The choice of an --accel value: "auto", "kvm" or "tcg"; otherwise nothing.
std::optional<AcceleratorChoice> accelerator_choice(std::string_view name);

struct Accelerator {
  AcceleratorKind kind = AcceleratorKind::tcg;
  std::string why;  ///< "a probe boot answered after 0.9 s", "no /dev/kvm", ...
};

struct ProbeRequest {
  std::filesystem::path qemu;
  Firmware firmware;
  unsigned cpus = 1;
  std::filesystem::path device = "/dev/kvm";
  std::filesystem::path scratch;  ///< existing folder for the probe's files
  /// Firmware writes to its console within a second or two under a KVM that works.
  std::chrono::milliseconds limit{8000};
};

/// Boots the firmware under KVM with the machine that a test would use, and waits for its first
/// console output; the probe's QEMU is gone when this returns. Never Fault for a KVM that does
/// not work: that is the answer.
Accelerator probe_kvm(const ProbeRequest& request);

/// Probes unless `choice` is TCG; Fault::environment when KVM was demanded and does not work.
Accelerator choose_accelerator(AcceleratorChoice choice, const ProbeRequest& request);

}  // namespace ingot::boot
