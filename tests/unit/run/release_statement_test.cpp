// SPDX-License-Identifier: Apache-2.0
#include "run/release_statement.hpp"

#include <functional>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using nlohmann::json;

namespace {

run::ReleaseStatement sample() {
  run::ReleaseStatement statement;
  statement.facts = {.product = "debian-13",
                     .version = "2026.11.3",
                     .created = 1'795'255'456,
                     .arch = "amd64",
                     .kernel_release = "6.12.94-amd64",
                     .kernel_package = "linux-image-6.12.94-amd64",
                     .driver_version = "550.163.01",
                     .driver_flavour = "open",
                     .containerd_version = "1.7.24"};
  statement.development = true;
  for (const std::string_view name : {"a.raw", "b.efi"}) {
    statement.files.push_back({std::string(name), "disk", "application/octet-stream",
                               crypto::FileDigest{crypto::digest_of(name), name.size()}});
  }
  return statement;
}

std::string refusal_of(const std::string& text) {
  try {
    (void)run::parse_release_statement(text);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
    return error.message();
  }
  return "accepted";
}

std::string refusal_after(const std::function<void(json&)>& change) {
  json statement = json::parse(run::text_of(sample()));
  change(statement);
  return refusal_of(statement.dump());
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a statement survives its text", "[run]") {
  const run::ReleaseStatement read = run::parse_release_statement(run::text_of(sample()));
  CHECK(read.development);
  CHECK(read.facts.created == 1'795'255'456);
  CHECK(read.facts.driver_flavour == "open");
  CHECK(read.files.size() == 2);
  CHECK(run::text_of(read) == run::text_of(sample()));
}

TEST_CASE("a statement of an image without GPU parts leaves them out", "[run]") {
  run::ReleaseStatement statement = sample();
  statement.facts.driver_version.clear();
  statement.facts.containerd_version.clear();
  statement.development = false;
  const json text = json::parse(run::text_of(statement));
  CHECK_FALSE(text.at("predicate").contains("nvidia"));
  CHECK_FALSE(text.at("predicate").contains("containerd"));
  CHECK_FALSE(text.at("predicate").contains("devKey"));
  CHECK_FALSE(run::parse_release_statement(text.dump()).development);
}

TEST_CASE("files and subjects must say the same", "[run]") {
  CHECK(holds(refusal_after([](json& s) { s["subject"].erase(0); }), "no subject"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"]["files"].erase(0); }), "not listed"));
  CHECK(holds(refusal_after([](json& s) { s["subject"][0]["digest"] = s["subject"][1]["digest"]; }),
              "two digests"));
  CHECK(holds(refusal_after([](json& s) { s["subject"].push_back(s["subject"][0]); }), "twice"));
  CHECK(holds(
      refusal_after([](json& s) { s["predicate"]["files"].push_back(s["predicate"]["files"][0]); }),
      "twice"));
  CHECK(holds(refusal_after([](json& s) {
                json more = s["subject"][0];
                more["name"] = "A.RAW";
                s["subject"].push_back(more);
              }),
              "twice"));
  CHECK(holds(refusal_after([](json& s) { s["subject"] = json::array(); }), "no subjects"));
}

TEST_CASE("digests have one strong algorithm and one spelling", "[run]") {
  const auto digest_becomes = [](const json& digest) {
    return refusal_after([&](json& s) { s["subject"][0]["digest"] = digest; });
  };
  const std::string good = crypto::digest_of(std::string_view("a.raw")).hex();
  CHECK(digest_becomes({{"sha256", good}}) == "accepted");
  CHECK(digest_becomes({{"sha1", good.substr(0, 40)}}) != "accepted");
  CHECK(digest_becomes({{"sha256", good}, {"sha512", good + good}}) != "accepted");
  CHECK(digest_becomes(json::object()) != "accepted");
  CHECK(digest_becomes({{"sha256", good.substr(1)}}) != "accepted");
  CHECK(digest_becomes({{"sha256", " " + good.substr(1)}}) != "accepted");
  CHECK(digest_becomes({{"sha256", "0x" + good.substr(2)}}) != "accepted");
  CHECK(digest_becomes({{"sha256", std::string(64, 'A')}}) != "accepted");
  CHECK(digest_becomes({{"sha256", 7}}) != "accepted");
}

TEST_CASE("file names that no release holds are refused", "[run]") {
  using namespace std::string_literals;
  for (const std::string& name :
       {"../x"s, "/etc/passwd"s, "a//b"s, "a/b"s, "a\r\nb"s, "a\x01"s, ""s, "."s, ".."s, ".hidden"s,
        "-rf"s, "dot."s, "con"s, "NUL.txt"s, "caf\xc3\xa9"s, "two words"s, std::string(300, 'n')}) {
    INFO(name);
    CHECK_FALSE(run::fault_of_name(name).empty());
    CHECK(refusal_after([&](json& s) { s["subject"][0]["name"] = name; }) != "accepted");
  }
  CHECK(run::fault_of_name("debian-13_2026.11+1~rc.tar.zst").empty());
}

TEST_CASE("types, times and sizes are checked", "[run]") {
  CHECK(holds(refusal_after([](json& s) { s["predicateType"] = "https://example.test/other"; }),
              "predicate"));
  CHECK(holds(refusal_after([](json& s) { s["_type"] = "https://in-toto.io/Statement/v0.1"; }),
              "statement v1"));
  CHECK(holds(refusal_after([](json& s) { s["extra"] = 1; }), "'extra'"));
  for (const char* time :
       {"2026-11-21", "2026-13-21T10:00:00Z", "2026-11-21T10:00:00+00:00", "2026-02-30T10:00:00Z",
        "2026-11-21T25:00:00Z", "x026-11-21T10:00:00Z"}) {
    INFO(time);
    CHECK(holds(refusal_after([&](json& s) { s["predicate"]["created"] = time; }), "not a time"));
  }
  CHECK(holds(refusal_after([](json& s) { s["predicate"]["files"][0]["size"] = -1; }), "whole"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"]["files"][0]["size"] = 1.5; }), "whole"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"]["devKey"] = "no"; }), "devKey"));
  CHECK(holds(refusal_after([](json& s) { s["predicate"].erase("kernel"); }), "'kernel'"));
  CHECK(refusal_after([](json& s) { s["predicate"]["later"] = {{"field", 1}}; }) == "accepted");
  CHECK(holds(refusal_after([](json& s) {
                const json subject = s["subject"][0];
                for (int i = 0; i < 1100; ++i) s["subject"].push_back(subject);
              }),
              "1024"));
}

TEST_CASE("the sums file is what sha256sum reads", "[run]") {
  std::vector<run::ReleaseFile> files = sample().files;
  std::swap(files[0], files[1]);
  files.push_back({"SHA256SUMS", "checksums", "text/plain", crypto::FileDigest{}});
  CHECK(run::sums_of(files) == crypto::digest_of(std::string_view("a.raw")).hex() + "  a.raw\n" +
                                   crypto::digest_of(std::string_view("b.efi")).hex() +
                                   "  b.efi\n");
}
