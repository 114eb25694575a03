// SPDX-License-Identifier: Apache-2.0
#include "run/machine_findings.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "boot/http_server.hpp"
#include "boot/machine.hpp"
#include "guest/appliance.hpp"
#include "os/child.hpp"
#include "os/network.hpp"
#include "run/disk_appliance.hpp"

namespace ingot::run {
namespace {

constexpr const char* kvm_device = "/dev/kvm";
constexpr std::chrono::seconds trial_limit{5};

const std::vector<Purpose> machines{Purpose::test, Purpose::verify};
const std::vector<Purpose> reading{Purpose::verify};

KvmFacts look_at_kvm() {
  KvmFacts facts;
  struct stat status {};
  facts.exists = ::stat(kvm_device, &status) == 0;
  if (!facts.exists) return facts;
  facts.permitted = ::access(kvm_device, R_OK | W_OK) == 0;
  facts.group = os::group_name(status.st_gid);
  return facts;
}

std::string kernel_for_appliance(const std::filesystem::path& release,
                                 const std::optional<std::filesystem::path>& cache) {
  std::error_code failed;
  if (!release.empty() && std::filesystem::is_directory(release, failed) &&
      kernel_source_of(release)) {
    return "the kernel of " + release.filename().string();
  }
  if (cache && known_appliance(*cache)) return "an appliance made before";
  if (const auto kernel = guest::host_kernel()) return kernel->image.string();
  return {};
}

Finding ok(std::string id, std::string found, std::vector<Purpose> needed_for) {
  return {std::move(id), FindingState::ok, std::move(found), std::move(needed_for), {}};
}

Finding kvm(const MachineFacts& facts) {
  const KvmFacts& kvm = facts.kvm;
  Finding finding{"kvm", FindingState::warning, {}, machines, {}};
  const std::string slow = "; QEMU emulates the processor, and a boot takes minutes";
  if (!kvm.exists) {
    finding.found = format("no {}{}", kvm_device, slow);
    finding.fix =
        "enable virtualisation in the firmware, or nested virtualisation where this machine is a "
        "virtual one; as root, run: modprobe kvm_intel || modprobe kvm_amd; in a container, pass "
        "--device /dev/kvm";
  } else if (!kvm.permitted) {
    finding.found = format("{} may not use {}{}", facts.who.name, kvm_device, slow);
    // A device of a container may belong to a group that has no name there.
    const bool named = kvm.group.find_first_not_of("0123456789") != std::string::npos;
    finding.fix = named ? format("as root, run: usermod --append --groups {} {}, and log in again",
                                 kvm.group, facts.who.name)
                        : format("as root, run: setfacl -m u:{}:rw {}", facts.who.name, kvm_device);
  } else if (kvm.probe && kvm.probe->kind == boot::AcceleratorKind::kvm) {
    finding.state = FindingState::ok;
    finding.found = kvm.probe->why;
  } else if (kvm.probe) {
    finding.found = kvm.probe->why + slow;
    finding.fix =
        "nested virtualisation of the machine around this one is at fault; without a "
        "better one --accel tcg saves the time of the probe";
  } else {
    finding.found = format("{} is there, but was not tried: {}", kvm_device, kvm.fault);
    finding.fix = "mend that first";
  }
  return finding;
}

Finding appliance(const MachineFacts& facts) {
  if (facts.appliance) return missing("appliance", *facts.appliance, reading);
  if (!facts.appliance_kernel.empty())
    return ok("appliance", "can be made, from " + facts.appliance_kernel, reading);
  return {"appliance",
          FindingState::ok,
          "can be made, from the kernel of a release; inspect needs --kernel-of, for this host has "
          "no kernel of its own",
          reading,
          {}};
}

}  // namespace

MachineFacts look_at_machines(const os::Environment& environment, const os::Runner& runner,
                              const std::filesystem::path& release,
                              const std::optional<std::filesystem::path>& cache) {
  MachineFacts facts;
  facts.who = os::caller();
  facts.qemu = os::find_program(environment, "qemu-system-x86_64");
  if (facts.qemu) facts.qemu_version = boot::qemu_version(runner, *facts.qemu);
  try {
    facts.firmware = boot::find_firmware();
  } catch (const Error&) {
    // The row says so.
  }
  facts.kvm = look_at_kvm();
  try {
    facts.library = guest::library_version();
  } catch (const Error& error) {
    facts.library_fault = error.message();
  }
  facts.appliance = guest::appliance_lack(os::Environment(os::Command().env, "/", {}));
  facts.appliance_kernel = kernel_for_appliance(release, cache);
  try {
    os::in_child(
        [] {
          os::enter_private_network();
          return std::string();
        },
        trial_limit);
  } catch (const Error& error) {
    facts.network_fault = error.message();
  }
  try {
    const boot::HttpServer server({});
  } catch (const Error& error) {
    facts.loopback_fault = error.message();
  }
  return facts;
}

void probe_kvm(MachineFacts& facts, const std::filesystem::path& scratch) {
  if (!facts.kvm.exists || !facts.kvm.permitted) return;
  if (!facts.qemu || !facts.firmware) {
    facts.kvm.fault = facts.qemu ? boot::no_firmware().what : boot::no_qemu().what;
    return;
  }
  try {
    facts.kvm.probe = boot::probe_kvm({.qemu = *facts.qemu,
                                       .firmware = *facts.firmware,
                                       .cpus = 1,
                                       .device = kvm_device,
                                       .scratch = scratch,
                                       .limit = std::chrono::seconds(8)});
  } catch (const Error& error) {
    facts.kvm.fault = error.message();
  }
}

std::vector<Finding> machine_findings(const MachineFacts& facts) {
  std::vector<Finding> findings;
  findings.push_back(
      facts.qemu ? ok("qemu", format("{}, {}", facts.qemu_version, facts.qemu->string()), machines)
                 : missing("qemu", boot::no_qemu(), machines));
  findings.push_back(facts.firmware ? ok("firmware", facts.firmware->code.string(), machines)
                                    : missing("firmware", boot::no_firmware(), machines));
  findings.push_back(kvm(facts));
  findings.push_back(facts.library_fault.empty()
                         ? ok("libguestfs", facts.library, reading)
                         : missing("libguestfs",
                                   {facts.library_fault, os::install_command("libguestfs0")},
                                   reading));
  findings.push_back(appliance(facts));
  findings.push_back(facts.loopback_fault.empty()
                         ? ok("loopback", "a port can be had", {Purpose::test})
                         : missing("loopback",
                                   {facts.loopback_fault, "as root, run: ip link set lo up"},
                                   {Purpose::test}));
  Finding network = ok("private-network", "the node under test gets one", {Purpose::test});
  if (!facts.network_fault.empty()) {
    network.state = FindingState::warning;
    network.found = "the node under test shares this machine's network: " + facts.network_fault;
    network.fix = "allow user namespaces (row user-namespace), or test as root";
  }
  findings.push_back(network);
  return findings;
}

}  // namespace ingot::run
