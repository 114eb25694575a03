// SPDX-License-Identifier: Apache-2.0
#include "run/namespace_findings.hpp"

#include "support/catch.hpp"
#include "support/finding_rows.hpp"

using namespace ingot;
using run::FindingState;
using test::row;

namespace {

os::IdSource source(const char* file, const char* program) {
  os::IdSource source;
  source.file = file;
  source.program = program;
  source.range = os::IdRange{100000, 65536};
  source.first_free = 165536;
  source.found = std::filesystem::path("/usr/bin") / program;
  source.privileged = true;
  return source;
}

/// A user for whom all is well.
run::NamespaceFacts good() {
  run::NamespaceFacts facts;
  facts.who = {"ada", 1001, 1001};
  facts.uid_map = "0 0 4294967295\n";
  facts.sources = {source("/etc/subuid", "newuidmap"), source("/etc/subgid", "newgidmap")};
  facts.storage = os::Storage();
  facts.storage->folder = "/home/ada/.cache";
  facts.storage->type = "ext4";
  facts.storage->writable = true;
  return facts;
}

}  // namespace

TEST_CASE("all is well for a user with ids and for root", "[run]") {
  run::NamespaceFacts facts = good();
  for (const run::Finding& finding : run::namespace_findings(facts)) {
    CHECK(finding.state == FindingState::ok);
    CHECK(finding.fix.empty());
  }
  facts.who = {"root", 0, 0};
  facts.sources.clear();
  for (const run::Finding& finding : run::namespace_findings(facts))
    CHECK(finding.state == FindingState::ok);
}

TEST_CASE("each thing that keeps a user from building trees has its row", "[run]") {
  run::NamespaceFacts facts = good();
  facts.kernel = os::Lack{"ada may not", "sysctl"};
  facts.mounts = facts.overlay = "";
  auto findings = run::namespace_findings(facts);
  CHECK(row(findings, "user-namespace").state == FindingState::missing);
  CHECK(row(findings, "user-namespace").fix == "sysctl");
  CHECK(row(findings, "mounts").found == "not tried, for want of the above");
  CHECK(row(findings, "overlay").state == FindingState::missing);
  CHECK(row(findings, "subordinate-ids").state == FindingState::ok);

  facts = good();
  facts.sources[0].range.reset();
  findings = run::namespace_findings(facts);
  CHECK(row(findings, "subordinate-ids").state == FindingState::missing);
  CHECK(test::holds(row(findings, "subordinate-ids").fix, "--add-subuids 165536-231071"));

  facts = good();
  facts.sources[1].privileged = false;
  findings = run::namespace_findings(facts);
  CHECK(row(findings, "id-map-programs").state == FindingState::missing);
  facts.sources[1].found.reset();
  findings = run::namespace_findings(facts);
  CHECK(test::holds(row(findings, "id-map-programs").fix, "apt-get install uidmap"));
}

TEST_CASE("root of a namespace with one id, and root without capabilities", "[run]") {
  run::NamespaceFacts facts = good();
  facts.who = {"root", 0, 0};
  facts.uid_map = "0 1001 1\n";
  CHECK(row(run::namespace_findings(facts), "user-namespace").state == FindingState::missing);
  facts.uid_map = "0 0 4294967295\n";
  facts.mounts = "cannot make a mount namespace: Operation not permitted";
  const auto findings = run::namespace_findings(facts);
  CHECK(test::holds(row(findings, "mounts").fix, "--privileged"));
  facts.who = {"ada", 1001, 1001};
  CHECK(test::holds(row(run::namespace_findings(facts), "mounts").fix, "as root"));
}

TEST_CASE("a cache that no overlay can use says what to choose", "[run]") {
  run::NamespaceFacts facts = good();
  facts.overlay = "cannot mount an overlay: Invalid argument";
  CHECK(test::holds(row(run::namespace_findings(facts), "overlay").fix, "ext4, xfs or btrfs"));
  facts.overlay =
      "cannot mount an overlay: No such device; the kernel has no overlay file system "
      "(module 'overlay')";
  CHECK(row(run::namespace_findings(facts), "overlay").fix == "as root, run: modprobe overlay");
  facts.overlay = "cannot make a folder below /x: Permission denied";
  CHECK(test::holds(row(run::namespace_findings(facts), "overlay").fix, "that you can write"));
  facts.overlay.reset();
  facts.storage->runs_programs = false;
  CHECK(test::holds(row(run::namespace_findings(facts), "overlay").found, "noexec"));
  facts.storage.reset();
  CHECK(test::holds(row(run::namespace_findings(facts), "overlay").fix, "INGOT_CACHE"));
}
