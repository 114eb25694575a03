// SPDX-License-Identifier: Apache-2.0
// Whether machines can be booted here and disks be read: QEMU, firmware, KVM, libguestfs, loopback.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "boot/accelerator.hpp"
#include "boot/firmware.hpp"
#include "os/environment.hpp"
#include "os/identity.hpp"
#include "os/process.hpp"
#include "run/finding.hpp"

namespace ingot::run {

/// /dev/kvm as this user finds it.
struct KvmFacts {
  bool exists = false;
  bool permitted = false;
  std::string group;                       ///< that may use it
  std::optional<boot::Accelerator> probe;  ///< nothing: not tried
  std::string fault;                       ///< why the probe could not be made
};

struct MachineFacts {
  os::Caller who;
  std::optional<std::filesystem::path> qemu;
  std::string qemu_version;
  std::optional<boot::Firmware> firmware;
  KvmFacts kvm;
  std::string library;  ///< version of libguestfs
  std::string library_fault;
  std::optional<os::Lack> appliance;  ///< what keeps one from being made
  std::string appliance_kernel;       ///< where its kernel is from; empty: there is none
  std::string loopback_fault;         ///< why no port can be had
  std::string network_fault;          ///< why no network of the node's own
};

/// All but the KVM probe. Tries namespaces in child processes, so before threads exist. `release`
/// is the folder of a release whose kernel may serve, or empty.
MachineFacts look_at_machines(const os::Environment& environment, const os::Runner& runner,
                              const std::filesystem::path& release,
                              const std::optional<std::filesystem::path>& cache);

/// Boots firmware under KVM if there is anything to boot; `scratch` is an empty folder.
void probe_kvm(MachineFacts& facts, const std::filesystem::path& scratch);

/// Rows qemu, firmware, kvm, libguestfs, appliance, loopback, private-network.
std::vector<Finding> machine_findings(const MachineFacts& facts);

}  // namespace ingot::run
