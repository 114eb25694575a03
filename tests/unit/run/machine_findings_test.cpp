// SPDX-License-Identifier: Apache-2.0
#include "run/machine_findings.hpp"

#include "support/catch.hpp"
#include "support/finding_rows.hpp"

using namespace ingot;
using run::FindingState;
using test::row;

namespace {

run::MachineFacts good() {
  run::MachineFacts facts;
  facts.who = {"ada", 1001, 1001};
  facts.qemu = "/usr/bin/qemu-system-x86_64";
  facts.qemu_version = "7.2.22";
  facts.firmware = boot::Firmware{"/usr/share/OVMF/OVMF_CODE_4M.fd", "/vars"};
  facts.kvm = {.exists = true,
               .permitted = true,
               .group = "kvm",
               .probe = boot::Accelerator{boot::AcceleratorKind::kvm, "answered after 0.9 s"},
               .fault = {}};
  facts.library = "1.48.6";
  facts.appliance_kernel = "/boot/vmlinuz-6.1.0";
  return facts;
}

}  // namespace

TEST_CASE("a host that boots machines and reads disks", "[run]") {
  const auto findings = run::machine_findings(good());
  CHECK(findings.size() == 7);
  for (const run::Finding& finding : findings) {
    CHECK(finding.state == FindingState::ok);
    CHECK(finding.fix.empty());
  }
}

TEST_CASE("without QEMU and firmware their packages are named", "[run]") {
  run::MachineFacts facts = good();
  facts.qemu.reset();
  facts.firmware.reset();
  const auto findings = run::machine_findings(facts);
  CHECK(row(findings, "qemu").state == FindingState::missing);
  CHECK(row(findings, "qemu").fix == "as root, run: apt-get install qemu-system-x86");
  CHECK(row(findings, "firmware").state == FindingState::missing);
  CHECK(row(findings, "firmware").fix == "as root, run: apt-get install ovmf");
}

TEST_CASE("KVM that is absent, forbidden, hanging or untried is a warning with a reason", "[run]") {
  run::MachineFacts facts = good();
  facts.kvm.probe = boot::Accelerator{boot::AcceleratorKind::tcg, "said nothing for 8 s"};
  auto kvm = row(run::machine_findings(facts), "kvm");
  CHECK(kvm.state == FindingState::warning);
  CHECK(test::holds(kvm.found, "said nothing for 8 s"));
  CHECK(test::holds(kvm.fix, "--accel tcg"));
  facts.kvm.probe.reset();
  facts.kvm.fault = "there is no firmware";
  CHECK(test::holds(row(run::machine_findings(facts), "kvm").found, "was not tried"));
  facts.kvm.permitted = false;
  CHECK(test::holds(row(run::machine_findings(facts), "kvm").fix, "--groups kvm ada"));
  facts.kvm.group = "993";
  CHECK(test::holds(row(run::machine_findings(facts), "kvm").fix, "setfacl -m u:ada:rw /dev/kvm"));
  facts.kvm.exists = false;
  CHECK(test::holds(row(run::machine_findings(facts), "kvm").fix, "modprobe kvm_intel"));
}

TEST_CASE("what keeps disks from being read", "[run]") {
  run::MachineFacts facts = good();
  facts.library_fault = "no memory";
  facts.appliance = os::Lack{"supermin is not installed", "install it"};
  auto findings = run::machine_findings(facts);
  CHECK(row(findings, "libguestfs").state == FindingState::missing);
  CHECK(row(findings, "appliance").fix == "install it");
  facts.appliance.reset();
  facts.appliance_kernel.clear();
  findings = run::machine_findings(facts);
  CHECK(row(findings, "appliance").state == FindingState::ok);
  CHECK(test::holds(row(findings, "appliance").found, "--kernel-of"));
}

TEST_CASE("a host without loopback or without networks of its own", "[run]") {
  run::MachineFacts facts = good();
  facts.loopback_fault = "cannot listen";
  facts.network_fault = "not permitted";
  const auto findings = run::machine_findings(facts);
  CHECK(row(findings, "loopback").state == FindingState::missing);
  CHECK(row(findings, "private-network").state == FindingState::warning);
}

TEST_CASE("no probe boots without a device, permission, QEMU and firmware", "[run]") {
  run::MachineFacts facts = good();
  facts.kvm.probe.reset();
  facts.kvm.exists = false;
  run::probe_kvm(facts, "/nonexistent");
  CHECK_FALSE(facts.kvm.probe);
  CHECK(facts.kvm.fault.empty());
  facts.kvm.exists = true;
  facts.qemu.reset();
  run::probe_kvm(facts, "/nonexistent");
  CHECK(facts.kvm.fault == "qemu-system-x86_64 is not installed");
}
