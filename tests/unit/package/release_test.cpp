// SPDX-License-Identifier: Apache-2.0
#include "package/release.hpp"

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"
#include "support/fake_runner.hpp"

using namespace ingot;
using namespace ingot::package;

namespace {

const std::string good_status =
    "[GNUPG:] NEWSIG\n"
    "[GNUPG:] GOODSIG 78DBA3BC47EF2265 Some Archive Key\n"
    "[GNUPG:] VALIDSIG B8E5F13176D2A7A75220028078DBA3BC47EF2265 2026-11-20 1795140725 0 4 0 1 8 01 "
    "04B54C3CDCA79751B16BC6B5225629DF75B188BD\n";

const std::string release_text =
    "Origin: Test\nSuite: stable\nCodename: trixie\nDate: Sat, 12 Sep 2026 07:55:41 UTC\nSHA256:\n "
    "0000000000000000000000000000000000000000000000000000000000000001      123 "
    "main/binary-amd64/Packages\n";

struct Fixture {
  os::TempDir temp{"release-test"};
  test::FakeRunner runner;
  Repository repository;

  Fixture() {
    os::write_file(temp.path() / "keys.gpg", "keys");
    repository.name = "debian";
    repository.suite = "trixie";
    repository.keyring = temp.path() / "keys.gpg";
    repository.signed_by = {"04B54C3CDCA79751B16BC6B5225629DF75B188BD"};
  }
  VerifiedRelease verify(const std::string& status) {
    runner.when("gpgv", [=](const os::Command& command) {
      for (std::size_t i = 0; i + 1 < command.args.size(); ++i)
        if (command.args[i] == "--output") os::write_file(command.args[i + 1], release_text);
      os::Outcome outcome;
      outcome.output = status;
      return outcome;
    });
    return verify_release(runner, repository, temp.path() / "InRelease", temp.path());
  }
  Fault fault(const std::string& status) {
    try {
      verify(status);
    } catch (const Error& error) {
      return error.fault();
    }
    return Fault::internal;
  }
};

}  // namespace

TEST_CASE("dates of Release files are read exactly", "[package]") {
  CHECK(parse_date("Sat, 12 Sep 2026 07:55:41 UTC") == 1789199741);
  CHECK(parse_date("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK(parse_date("Thu,  1 Jan 1970 00:00:01 +0000") == 1);
  for (const char* bad : {"", "Sat, 12 Sep 2026 07:55:41", "Sat, 12 Sep 2026 07:55:41 CET",
                          "Sat, 31 Feb 2026 07:55:41 UTC", "Sat, 12 Sep 2026 25:55:41 UTC",
                          "Sat, 12 Sep 2026 7:5 UTC", "2026-09-12T07:55:41Z"})
    CHECK_THROWS_AS(parse_date(bad), Error);
}

TEST_CASE("a Release file lists its files", "[package]") {
  const Release release = parse_release(release_text, "Release");
  CHECK(release.date == 1789199741);
  CHECK(release.names == std::vector<std::string>{"stable", "trixie"});
  CHECK(release.files.at("main/binary-amd64/Packages").size.count == 123);
  CHECK_THROWS_AS(parse_release("", "Release"), Error);
  CHECK_THROWS_AS(parse_release("Date: Sat, 12 Sep 2026 07:55:41 UTC\nSHA256: x y\n", "Release"),
                  Error);
}

TEST_CASE("a signature counts by the key or by its primary key", "[package]") {
  const SignatureStatus status = parse_status(good_status);
  CHECK(status.good == std::vector<std::string>{"B8E5F13176D2A7A75220028078DBA3BC47EF2265",
                                                "04B54C3CDCA79751B16BC6B5225629DF75B188BD"});
  Fixture f;
  CHECK(f.verify(good_status).signed_by == f.repository.signed_by);
  f.repository.signed_by = {"b8e5f13176d2a7a75220028078dba3bc47ef2265"};
  CHECK(f.verify(good_status).signed_by ==
        std::vector<std::string>{"B8E5F13176D2A7A75220028078DBA3BC47EF2265"});
}

TEST_CASE("signatures that do not count are refused", "[package]") {
  Fixture f;
  CHECK(f.fault("") == Fault::verification);
  CHECK(f.fault("[GNUPG:] NEWSIG\n[GNUPG:] NO_PUBKEY 78DBA3BC47EF2265\n") == Fault::verification);
  SECTION("an expired key's signature is valid, but not good") {
    std::string status = good_status;
    status.replace(status.find("GOODSIG"), 7, "EXPKEYSIG");
    CHECK(f.fault(status) == Fault::verification);
  }
  SECTION("a revoked key's after a good one of another key") {
    std::string status = good_status;
    status.replace(status.find("GOODSIG"), 7, "REVKEYSIG");
    CHECK(f.fault("[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG 1 x\n" + status) == Fault::verification);
  }
  SECTION("a good one beside a bad one") {
    CHECK(f.fault(good_status + "[GNUPG:] NEWSIG\n[GNUPG:] BADSIG 78DBA3BC47EF2265 x\n") ==
          Fault::verification);
  }
  SECTION("a good one by a key that is not allowed") {
    f.repository.signed_by = {"1111111111111111111111111111111111111111"};
    CHECK(f.fault(good_status) == Fault::verification);
  }
  SECTION("a good one of another suite") {
    f.repository.suite = "trixie-security";
    CHECK(f.fault(good_status) == Fault::verification);
  }
}

TEST_CASE("armoured keyrings are made binary", "[package]") {
  const os::TempDir temp("keyring-test");
  const auto file = temp.path() / "keys.asc";
  os::write_file(
      file,
      "-----BEGIN PGP PUBLIC KEY BLOCK-----\nVersion: x\n\naGVs\nbG8=\n=abcd\n-----END PGP "
      "PUBLIC KEY BLOCK-----\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nIQ==\n-----END PGP PUBLIC "
      "KEY BLOCK-----\n");
  CHECK(binary_keyring(file) == "hello!");
  os::write_file(
      file, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n!!\n-----END PGP PUBLIC KEY BLOCK-----\n");
  CHECK_THROWS_AS(binary_keyring(file), Error);
  os::write_file(file, "\x99\x01");
  CHECK(binary_keyring(file) == "\x99\x01");
}
