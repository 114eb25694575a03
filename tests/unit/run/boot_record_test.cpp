// SPDX-License-Identifier: Apache-2.0
#include "run/boot_record.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace ingot;
using namespace std::chrono_literals;

namespace {

run::BootRecord record() {
  run::BootRecord record;
  record.format = run::BootFormat::netboot;
  record.judged.verdict = run::BootClass::passed;
  record.judged.report = run::SelftestReport{
      .passed = true,
      .image = "x",
      .checks = {
          {"os.boot", "pass", "F", ""}, {"a", "pass", "F", ""}, {"pci.count", "skip", "F", ""}}};
  record.accelerator = {boot::AcceleratorKind::tcg, "no /dev/kvm"};
  record.took = 84'400ms;
  record.phases = {{boot::BootPhase::firmware, 0ms}, {boot::BootPhase::kernel, 17'500ms}};
  record.files = {{"x.efi", "uki", {Sha256(), 12}}};
  return record;
}

}  // namespace

TEST_CASE("a passed boot is one line with its time, accelerator and counts") {
  CHECK(run::summary_line(record()) ==
        "netboot: passed in 84 s (tcg), 2 checks passed, 1 skipped: pci.count");
}

TEST_CASE("a failed boot's line ends with the reason") {
  auto bad = record();
  bad.format = run::BootFormat::disk;
  bad.judged.verdict = run::BootClass::kernel_panic;
  bad.judged.report.reset();
  bad.judged.reason = "[ 1.0] Kernel panic - not syncing: VFS";
  CHECK(run::summary_line(bad) ==
        "disk: kernel-panic in 84 s (tcg): [ 1.0] Kernel panic - not syncing: VFS");
}

TEST_CASE("verdict.json names what was booted, how, and what came of it") {
  const auto json = nlohmann::json::parse(run::verdict_json(record()));
  CHECK(json.at("schema") == "ingot/boot-test/v1");
  CHECK(json.at("class") == "passed");
  CHECK(json.at("emulated") == true);
  CHECK(json.at("accelerator").at("why") == "no /dev/kvm");
  CHECK(json.at("seconds").at("kernel") == 17.5);
  CHECK(json.at("seconds").at("total") == 84.4);
  CHECK(json.at("files").at(0).at("name") == "x.efi");
  CHECK(json.at("files").at(0).at("sha256") == Sha256().hex());
  CHECK(json.at("checks").at("passed").size() == 2);
  CHECK(json.at("checks").at("skipped").at(0) == "pci.count");
}

TEST_CASE("foreign bytes in a reason do not break verdict.json") {
  auto bad = record();
  bad.judged.reason = "\xff\xfe\"\n";
  CHECK_NOTHROW(nlohmann::json::parse(run::verdict_json(bad)));
}
