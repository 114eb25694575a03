// SPDX-License-Identifier: Apache-2.0
#include "run/boot_verdict.hpp"

#include "support/catch.hpp"

using namespace ingot;
using boot::BootFailure;
using boot::BootPhase;
using run::BootClass;
using run::BootObservation;

namespace {

BootObservation at(BootPhase phase) {
  BootObservation seen;
  seen.console.phase = phase;
  return seen;
}

BootObservation failed(BootPhase phase, BootFailure failure, std::string reason) {
  BootObservation seen = at(phase);
  seen.console.failure = failure;
  seen.console.reason = std::move(reason);
  return seen;
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a passing report passes, whatever the console says") {
  BootObservation seen = at(BootPhase::kernel);
  seen.report = R"({"schema":"ingot/selftest/v1","verdict":"pass","image":"x",)"
                R"("checks":[{"id":"a","outcome":"pass","severity":"F"}]})";
  const auto judged = run::judge_boot(seen);
  CHECK(judged.verdict == BootClass::passed);
  CHECK(judged.reason.empty());
  REQUIRE(judged.report);
  CHECK(judged.report->checks.size() == 1);
}

TEST_CASE("a failing report lists its failed checks") {
  BootObservation seen = at(BootPhase::user_space);
  seen.report = R"({"schema":"ingot/selftest/v1","verdict":"fail","image":"x","checks":[)"
                R"({"id":"a","outcome":"pass","severity":"F"},)"
                R"({"id":"crt.config","outcome":"fail","severity":"F","reason":"line 3"},)"
                R"({"id":"kmod.load","outcome":"fail","severity":"F","reason":"rejected"}]})";
  const auto judged = run::judge_boot(seen);
  CHECK(judged.verdict == BootClass::test_failed);
  CHECK(judged.reason == "2 failed: crt.config (line 3); kmod.load (rejected)");
}

TEST_CASE("garbage on the report port is a failed test, not a pass") {
  BootObservation seen = at(BootPhase::user_space);
  seen.report = "hello";
  const auto judged = run::judge_boot(seen);
  CHECK(judged.verdict == BootClass::test_failed);
  CHECK_FALSE(judged.report);
  CHECK_FALSE(judged.reason.empty());
}

TEST_CASE("what the console tells decides when there is no report") {
  CHECK(run::judge_boot(failed(BootPhase::firmware, BootFailure::firmware, "BdsDxe")).verdict ==
        BootClass::firmware);
  CHECK(run::judge_boot(failed(BootPhase::kernel, BootFailure::kernel_panic, "panic")).verdict ==
        BootClass::kernel_panic);
  const auto refused =
      run::judge_boot(failed(BootPhase::initrd, BootFailure::root_refused, "digest mismatch"));
  CHECK(refused.verdict == BootClass::root_refused);
  CHECK(refused.reason == "digest mismatch");
  CHECK(run::judge_boot(failed(BootPhase::user_space, BootFailure::user_space, "emergency"))
            .verdict == BootClass::no_report);
}

TEST_CASE("a QEMU that fails is told apart from a node that fails") {
  BootObservation seen = at(BootPhase::firmware);
  seen.qemu_exit_code = 1;
  seen.qemu_said = "could not open firmware";
  const auto judged = run::judge_boot(seen);
  CHECK(judged.verdict == BootClass::qemu_failed);
  CHECK(holds(judged.reason, "could not open firmware"));

  SECTION("a panic that ends QEMU is still a panic") {
    seen.console.phase = BootPhase::kernel;
    seen.console.failure = BootFailure::kernel_panic;
    CHECK(run::judge_boot(seen).verdict == BootClass::kernel_panic);
  }
  SECTION("a node that reboots is no failure of QEMU") {
    seen.console.phase = BootPhase::user_space;
    seen.qemu_exit_code = 0;
    CHECK(run::judge_boot(seen).verdict == BootClass::no_report);
  }
}

TEST_CASE("time that is up is judged by how far the node came") {
  for (const auto& [phase, verdict] : {std::pair{BootPhase::firmware, BootClass::firmware},
                                       std::pair{BootPhase::kernel, BootClass::no_report},
                                       std::pair{BootPhase::initrd, BootClass::no_report},
                                       std::pair{BootPhase::user_space, BootClass::no_report}}) {
    BootObservation seen = at(phase);
    seen.timed_out = true;
    const auto judged = run::judge_boot(seen);
    CHECK(judged.verdict == verdict);
    CHECK(holds(judged.reason, "time is up"));
  }
  BootObservation trying = at(BootPhase::initrd);
  trying.timed_out = true;
  trying.console.complaint = "ingot: refused: http://a/b: HTTP status 404 Not Found";
  const auto judged = run::judge_boot(trying);
  CHECK(judged.verdict == BootClass::root_refused);
  CHECK(holds(judged.reason, "404"));
}

TEST_CASE("the words of the classes are those that scripts match") {
  CHECK(run::name_of(BootClass::passed) == "passed");
  CHECK(run::name_of(BootClass::test_failed) == "test-failed");
  CHECK(run::name_of(BootClass::no_report) == "no-report");
  CHECK(run::name_of(BootClass::root_refused) == "root-refused");
  CHECK(run::name_of(BootClass::kernel_panic) == "kernel-panic");
  CHECK(run::name_of(BootClass::firmware) == "firmware");
  CHECK(run::name_of(BootClass::qemu_failed) == "qemu-failed");
}
