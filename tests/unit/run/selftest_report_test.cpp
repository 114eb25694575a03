// SPDX-License-Identifier: Apache-2.0
#include "run/selftest_report.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

std::string report_of(std::string_view verdict, std::string_view checks) {
  return format(
      R"({{"schema":"ingot/selftest/v1","verdict":"{}","image":"tiny","gpus":0,"checks":[{}]}})",
      verdict, checks);
}

constexpr std::string_view good =
    R"({"id":"os.boot","outcome":"pass","severity":"F","reason":"up","milliseconds":3})";
constexpr std::string_view skipped =
    R"({"id":"pci.count","outcome":"skip","severity":"F","reason":"no GPU"})";
constexpr std::string_view bad =
    R"({"id":"kmod.load","outcome":"fail","severity":"F","reason":"nvidia: Key was rejected"})";

void refused(const std::string& json, std::string_view part) {
  try {
    run::parse_selftest_report(json);
    FAIL("accepted " << json);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
    CHECK(error.message().find(part) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a report's checks are read with outcome, severity and reason") {
  const auto report =
      run::parse_selftest_report(report_of("fail", format("{},{},{}", good, skipped, bad)));
  CHECK_FALSE(report.passed);
  CHECK(report.image == "tiny");
  REQUIRE(report.checks.size() == 3);
  CHECK(report.checks[2].id == "kmod.load");
  CHECK(report.checks[2].reason == "nvidia: Key was rejected");
  CHECK(report.count("pass") == 1);
  CHECK(report.count("skip") == 1);
  CHECK(report.count("fail") == 1);
  CHECK(run::parse_selftest_report(report_of("pass", format("{},{}", good, skipped))).passed);
}

TEST_CASE("a verdict that its own checks belie is refused") {
  refused(report_of("pass", format("{},{}", good, bad)), "kmod.load failed");
  refused(report_of("pass", skipped), "no check passed");
  refused(report_of("pass", ""), "no check passed");
}

TEST_CASE("a check of lower severity may fail in a report that passes") {
  const std::string minor = R"({"id":"a","outcome":"fail","severity":"W","reason":"x"})";
  CHECK(run::parse_selftest_report(report_of("pass", format("{},{}", good, minor))).passed);
}

TEST_CASE("anything else is refused with what is wrong") {
  refused("", "");
  refused("{", "");
  refused("[]", "no object");
  refused(R"({"schema":"ingot/selftest/v2","verdict":"pass","image":"x","checks":[]})", "schema");
  refused(R"({"verdict":"pass","image":"x","checks":[]})", "schema");
  refused(report_of("maybe", good), "verdict 'maybe'");
  refused(R"({"schema":"ingot/selftest/v1","verdict":"pass","image":"x","checks":{}})", "checks");
  refused(report_of("fail", R"({"id":"a","outcome":"sort of","severity":"F"})"), "sort of");
  refused(report_of("fail", R"({"id":7,"outcome":"pass","severity":"F"})"), "'id'");
  refused(report_of("fail", "7"), "no object");
  refused(std::string(5U << 20, ' ') + report_of("pass", good), "");
  refused(report_of("pass", good) + "x", "");
}
