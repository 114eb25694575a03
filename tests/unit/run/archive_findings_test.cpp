// SPDX-License-Identifier: Apache-2.0
#include "run/archive_findings.hpp"

#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/fake_runner.hpp"
#include "support/finding_rows.hpp"

using namespace ingot;
using run::FindingState;
using run::Purpose;
using test::row;

namespace {

constexpr std::int64_t now = 1'800'000'000;
const std::string key(40, 'A');
const std::string other(40, 'B');

/// A host on which nothing of this is missing.
run::ArchiveFacts good() {
  run::ArchiveFacts facts;
  facts.tools = {{"apt-get", "apt", "/usr/bin/apt-get", "apt 2.6.2 (amd64)"},
                 {"gpgv", "gpgv", "/usr/bin/gpgv", "gpgv (GnuPG) 2.2.40"}};
  facts.keyrings = {{.file = "/usr/share/keyrings/debian-archive-keyring.gpg",
                     .allowed = {key},
                     .keys = {{key, true, 1, now + 1}},
                     .fault = {}}};
  facts.repositories = {{.name = "debian",
                         .archive = "debian",
                         .suite = "trixie",
                         .fault = {},
                         .answers = {{.url = "http://a.example.test/debian",
                                      .fault = {},
                                      .size = 140'000,
                                      .took = std::chrono::milliseconds(210),
                                      .date = now - 10,
                                      .valid_until = now + 10}}}};
  facts.now = now;
  facts.locked = now - 100;
  return facts;
}

}  // namespace

TEST_CASE("a host that can resolve, fetch and trust", "[run]") {
  const auto findings = run::archive_findings(good());
  CHECK(findings.size() == 5);
  for (const run::Finding& finding : findings) CHECK(finding.state == FindingState::ok);
  CHECK(test::holds(row(findings, "mirror.trixie").found, "140 kB in 0.21 s"));
}

TEST_CASE("missing programs are packages to install", "[run]") {
  run::ArchiveFacts facts = good();
  facts.tools[0].path.reset();
  facts.tools[1].path.reset();
  const auto findings = run::archive_findings(facts);
  CHECK(row(findings, "apt-get").fix == "as root, run: apt-get install apt");
  CHECK(row(findings, "gpgv").state == FindingState::missing);
  CHECK(row(findings, "gpgv").needed_for == std::vector<Purpose>{Purpose::lock});
}

TEST_CASE("a keyring must be readable and hold a key that has not expired", "[run]") {
  const char* id = "keyring.debian-archive-keyring";
  run::ArchiveFacts facts = good();
  facts.keyrings[0].allowed.push_back(other);
  auto finding = row(run::archive_findings(facts), id);
  CHECK(finding.state == FindingState::warning);
  CHECK(test::holds(finding.found, "not in it: " + other));
  facts.keyrings[0].keys[0].expires = now - 1;
  finding = row(run::archive_findings(facts), id);
  CHECK(finding.state == FindingState::missing);
  CHECK(test::holds(finding.found, "expired: " + key + " (on 2027-01-15T07:59:59Z)"));
  CHECK(test::holds(finding.fix, "apt-get install debian-archive-keyring"));
  facts = good();
  facts.keyrings[0].file = "/project/layers/own/own.gpg";
  facts.keyrings[0].fault = "no such file";
  finding = row(run::archive_findings(facts), "keyring.own");
  CHECK(finding.state == FindingState::missing);
  CHECK(test::holds(finding.fix, "/project/layers/own/own.gpg"));
}

TEST_CASE("one good mirror is enough, and the others are named", "[run]") {
  run::ArchiveFacts facts = good();
  auto& answers = facts.repositories[0].answers;
  answers.insert(answers.begin(), {.url = "http://b.example.test/debian", .fault = "timed out"});
  auto finding = row(run::archive_findings(facts), "mirror.trixie");
  CHECK(finding.state == FindingState::warning);
  CHECK(test::holds(finding.found, "but http://b.example.test/debian: timed out"));
  answers.pop_back();
  finding = row(run::archive_findings(facts), "mirror.trixie");
  CHECK(finding.state == FindingState::missing);
  CHECK(finding.needed_for == std::vector<Purpose>{Purpose::lock, Purpose::build});
  CHECK(test::holds(finding.fix, "--mirror debian=URL"));
  facts.packages_stored = true;
  finding = row(run::archive_findings(facts), "mirror.trixie");
  CHECK(finding.needed_for == std::vector<Purpose>{Purpose::lock});
}

TEST_CASE("a stale mirror, an unknown one, and one that is not asked", "[run]") {
  run::ArchiveFacts facts = good();
  facts.repositories[0].answers[0].valid_until = now - 1;
  auto finding = row(run::archive_findings(facts), "mirror.trixie");
  CHECK(finding.state == FindingState::missing);
  CHECK(test::holds(finding.found, "its index ended on"));
  facts.asked = false;
  facts.repositories[0].answers.clear();
  finding = row(run::archive_findings(facts), "mirror.trixie");
  CHECK(finding.state == FindingState::warning);
  CHECK(finding.found == "not asked: --offline");
  facts.repositories[0].fault = "no mirror of archive 'debian' is known";
  CHECK(row(run::archive_findings(facts), "mirror.trixie").state == FindingState::missing);
}

TEST_CASE("a clock before what is signed is wrong", "[run]") {
  run::ArchiveFacts facts = good();
  facts.locked = now + 301;
  auto finding = row(run::archive_findings(facts), "clock");
  CHECK(finding.state == FindingState::missing);
  CHECK(test::holds(finding.fix, "timedatectl set-ntp true"));
  facts.locked = 0;
  facts.repositories[0].answers[0].date = now + 100'000;
  finding = row(run::archive_findings(facts), "clock");
  CHECK(test::holds(finding.found, "the signed index of debian is of"));
  facts.repositories.clear();
  finding = row(run::archive_findings(facts), "clock");
  CHECK(finding.state == FindingState::ok);
  CHECK(test::holds(finding.found, "nothing to compare"));
}

TEST_CASE("repositories share a keyring, and one that is none says so", "[run]") {
  const os::TempDir temp("keyring");
  os::write_file(temp.path() / "a.gpg", "no keys at all");
  const package::Repository one{.name = "one",
                                .archive = "debian",
                                .urls = {},
                                .suite = "trixie",
                                .components = {},
                                .keyring = temp.path() / "a.gpg",
                                .signed_by = {key}};
  package::Repository two = one;
  two.signed_by = {key, other};
  const auto keyrings = run::look_at_keyrings({one, two});
  REQUIRE(keyrings.size() == 1);
  CHECK(keyrings[0].allowed == std::vector<std::string>{key, other});
  CHECK_FALSE(keyrings[0].fault.empty());
}

TEST_CASE("a mirror is asked by fetching and checking its signed index", "[run]") {
  const os::TempDir temp("mirror");
  os::write_file(temp.path() / "mirror/dists/trixie/InRelease", "signed");
  os::write_file(temp.path() / "keys.gpg", "keys");
  std::filesystem::create_directory(temp.path() / "scratch");
  const package::Repository repository{.name = "debian",
                                       .archive = "debian",
                                       .urls = {},
                                       .suite = "trixie",
                                       .components = {},
                                       .keyring = temp.path() / "keys.gpg",
                                       .signed_by = {key}};
  test::FakeRunner runner;
  runner.when("gpgv", [&](const os::Command&) {
    os::write_file(temp.path() / "scratch" / "Release",
                   "Suite: stable\nCodename: trixie\nDate: Sat, 12 Sep 2026 07:55:41 UTC\n"
                   "Valid-Until: Sat, 19 Sep 2026 07:55:41 UTC\nSHA256:\n");
    os::Outcome outcome;
    outcome.output = "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 1 x\n[GNUPG:] VALIDSIG " + key + "\n";
    return outcome;
  });
  const auto ask = [&](const std::string& url) {
    return run::ask_mirror(runner, repository, url, temp.path() / "scratch",
                           std::chrono::seconds(5));
  };
  const run::MirrorAnswer answer = ask((temp.path() / "mirror").string());
  CHECK(answer.fault.empty());
  CHECK(answer.size == 6);
  REQUIRE(answer.valid_until);
  CHECK(*answer.valid_until - answer.date == 7 * 24 * 3600);
  CHECK_FALSE(ask((temp.path() / "gone").string()).fault.empty());
}

TEST_CASE("programs say their version in their first line", "[run]") {
  test::FakeRunner runner;
  runner.when("apt-get", 0, "apt 9.9 (amd64)\nmore\n");
  const auto tools = run::look_at_tools(runner);
  REQUIRE(tools.size() == 2);
  if (tools[0].path) CHECK(tools[0].version == "apt 9.9 (amd64)");
}
