// SPDX-License-Identifier: Apache-2.0
#include "run/boot_watch.hpp"

#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using boot::BootPhase;
using run::BootClass;

namespace {

constexpr auto kernel = "printf '[    0.0] Linux version 6.12\\r\\n' >>\"$TMPDIR/serial.log\"\n";

/// Watches a script in the place of QEMU; it finds the machine's folder in TMPDIR.
run::WatchedBoot watch(const std::string& script, std::chrono::seconds limit,
                       std::vector<BootPhase>* phases = nullptr) {
  const os::TempDir folder("watch");
  os::write_file(folder.path() / "qemu", "#!/bin/sh\n" + script, 0755);
  os::write_file(folder.path() / "vars.fd", "x");
  std::filesystem::create_directory(folder.path() / "m");
  boot::MachineSpec spec;
  spec.qemu = folder.path() / "qemu";
  spec.firmware = {"/none", folder.path() / "vars.fd"};
  spec.folder = folder.path() / "m";
  boot::Machine machine(spec);
  return run::watch_boot(machine, spec.folder, limit, [&](BootPhase phase, auto) {
    if (phases != nullptr) phases->push_back(phase);
  });
}

}  // namespace

TEST_CASE("watching ends with the report's line") {
  std::vector<BootPhase> phases;
  const auto boot = watch(std::string("sleep 0.3\n") + kernel +
                              "sleep 0.3\nprintf '{\"a\":' >>\"$TMPDIR/report.raw\"\n"
                              "sleep 0.3\nprintf '1}\\nmore' >>\"$TMPDIR/report.raw\"\n"
                              "exec sleep 60\n",
                          std::chrono::seconds(20), &phases);
  REQUIRE(boot.seen.report);
  CHECK(*boot.seen.report == "{\"a\":1}");
  CHECK_FALSE(boot.seen.timed_out);
  CHECK(phases == std::vector<BootPhase>{BootPhase::firmware, BootPhase::kernel});
  CHECK(boot.phases.size() == 2);
}

TEST_CASE("a report is read even when QEMU ends right after it") {
  const auto boot = watch("printf '{}\\n' >>\"$TMPDIR/report.raw\"\n", std::chrono::seconds(20));
  REQUIRE(boot.seen.report);
  CHECK(*boot.seen.report == "{}");
}

TEST_CASE("a panic ends the watching before its time") {
  const auto boot =
      watch(std::string(kernel) +
                "printf '[ 1.0] Kernel panic - not syncing: x\\n' >>\"$TMPDIR/serial.log\"\n"
                "exec sleep 60\n",
            std::chrono::seconds(30));
  CHECK(run::judge_boot(boot.seen).verdict == BootClass::kernel_panic);
  CHECK(boot.took < std::chrono::seconds(15));
}

TEST_CASE("a QEMU that ends is seen with its last words") {
  const auto boot = watch("echo 'qemu: bad option' >&2\nexit 2\n", std::chrono::seconds(20));
  CHECK(boot.seen.qemu_exit_code == 2);
  CHECK(boot.seen.qemu_said == "qemu: bad option");
  CHECK(run::judge_boot(boot.seen).verdict == BootClass::qemu_failed);
}

TEST_CASE("a silent machine is given up when time is up") {
  const auto boot = watch("exec sleep 60\n", std::chrono::seconds(1));
  CHECK(boot.seen.timed_out);
  CHECK(run::judge_boot(boot.seen).verdict == BootClass::firmware);
}

TEST_CASE("a node that floods the report port is cut off") {
  const auto boot = watch(
      "head -c 6000000 /dev/zero | tr '\\0' x >>\"$TMPDIR/report.raw\"\n"
      "exec sleep 60\n",
      std::chrono::seconds(30));
  REQUIRE(boot.seen.report);
  CHECK(run::judge_boot(boot.seen).verdict == BootClass::test_failed);
}
