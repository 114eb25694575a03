// SPDX-License-Identifier: Apache-2.0
#include "run/room_findings.hpp"

#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/finding_rows.hpp"

using namespace ingot;
using run::FindingState;
using test::row;

namespace {

run::FolderFacts folder(const char* id, const char* chosen_by) {
  run::FolderFacts facts{.id = id,
                         .folder = "/somewhere",
                         .chosen_by = chosen_by,
                         .storage = os::Storage(),
                         .wanted = 2_GiB,
                         .wanted_by = "the lock of tiny",
                         .needed_for = {run::Purpose::build}};
  facts.storage->type = "ext4";
  facts.storage->free = 4_GiB;
  facts.storage->writable = true;
  return facts;
}

run::RoomFacts good() {
  run::RoomFacts facts;
  facts.folders = {folder("disk.cache", "INGOT_CACHE"), folder("disk.output", "--output"),
                   folder("disk.temporary", "TMPDIR")};
  facts.memory = {8_GiB, 6_GiB};
  facts.processors = 4;
  facts.needs = run::usual_needs();
  return facts;
}

}  // namespace

TEST_CASE("a host with room for everything", "[run]") {
  const auto findings = run::room_findings(good());
  CHECK(findings.size() == 6);
  for (const run::Finding& finding : findings) CHECK(finding.state == FindingState::ok);
  CHECK(test::holds(row(findings, "disk.cache").found, "4.3 GB free, 2.1 GB wanted"));
}

TEST_CASE("a folder without room says how much is to be freed", "[run]") {
  run::RoomFacts facts = good();
  facts.folders[1].storage->free = 1_GiB;
  auto findings = run::room_findings(facts);
  CHECK(row(findings, "disk.output").state == FindingState::missing);
  CHECK(test::holds(row(findings, "disk.output").fix, "choose another folder with --output"));
  facts.folders[1].when_short = FindingState::warning;
  findings = run::room_findings(facts);
  CHECK(row(findings, "disk.output").state == FindingState::warning);
}

TEST_CASE("a folder must be there, writable, of a fit type, with room for files", "[run]") {
  run::RoomFacts facts = good();
  facts.folders[0].storage->writable = false;
  CHECK(test::holds(row(run::room_findings(facts), "disk.cache").found, "no permission to write"));
  facts = good();
  facts.folders[0].storage->type = "vfat";
  CHECK(test::holds(row(run::room_findings(facts), "disk.cache").found, "4 GiB"));
  facts = good();
  facts.folders[0].storage->free_files = 1000;
  CHECK(test::holds(row(run::room_findings(facts), "disk.cache").found, "1000 more files"));
  facts.folders[0].storage.reset();
  CHECK(row(run::room_findings(facts), "disk.cache").state == FindingState::missing);
  facts.folders[0].folder.clear();
  CHECK(row(run::room_findings(facts), "disk.cache").found == "there is no place for it");
}

TEST_CASE("little memory is slow, hardly any is too little", "[run]") {
  run::RoomFacts facts = good();
  facts.memory.available = 1_GiB;
  CHECK(row(run::room_findings(facts), "memory").state == FindingState::warning);
  CHECK(row(run::room_findings(facts), "memory.machine").state == FindingState::warning);
  facts.memory.available = 100_MiB;
  CHECK(row(run::room_findings(facts), "memory").state == FindingState::missing);
  CHECK(row(run::room_findings(facts), "memory.machine").state == FindingState::missing);
  CHECK_FALSE(row(run::room_findings(facts), "memory.machine").fix.empty());
}

TEST_CASE("one processor is a warning", "[run]") {
  run::RoomFacts facts = good();
  facts.processors = 1;
  CHECK(row(run::room_findings(facts), "processors").state == FindingState::warning);
}

TEST_CASE("folders on one file system share its room", "[run]") {
  const os::TempDir temp("room");
  const os::Environment environment({{"TMPDIR", "/tmp"}}, "/", "/ingot");
  run::BuildNeeds needs = run::usual_needs();
  run::RoomFacts facts =
      run::look_at_room(environment, temp.path() / "cache", temp.path() / "out", needs);
  CHECK(facts.folders[1].wanted == needs.output + needs.cache);
  CHECK(facts.folders[2].folder == "/tmp");
  CHECK(facts.folders[0].when_short == FindingState::missing);
  needs.packages_stored = true;
  facts = run::look_at_room(environment, {}, temp.path() / "out", needs);
  CHECK(facts.folders[0].when_short == FindingState::warning);
  CHECK_FALSE(facts.folders[0].storage);
  CHECK(facts.folders[1].wanted == needs.output);
}
