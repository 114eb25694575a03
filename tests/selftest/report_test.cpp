// SPDX-License-Identifier: Apache-2.0
// Verdict, report, publication and the program's options.
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>

#include "broken.hpp"
#include "fake_tree.hpp"
#include "options.hpp"
#include "program.hpp"
#include "publish.hpp"
#include "report.hpp"
#include "support/catch.hpp"

using namespace ingot::selftest;
using nlohmann::json;
using selftest_test::FakeTree;
using selftest_test::holds;

namespace {

const Check& row(std::string_view id) {
  for (const Check& check : catalogue()) {
    if (check.id == id) return check;
  }
  throw std::runtime_error("no such check");
}

Report report_of(std::vector<CheckResult> checks) {
  const FakeTree tree;
  return make_report(tree.node(), std::move(checks));
}

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

struct Run {
  int status = 0;
  std::string out;
  std::string err;
};

Run run(std::vector<std::string> arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const int status = run_program(arguments, out, err);
  return {status, out.str(), err.str()};
}

}  // namespace

TEST_CASE("only a fatal failure fails the node", "[selftest]") {
  const Check* fatal = &row("os.release");
  const Check* error = &row("img.noupgrade");
  const Check* warning = &row("time.sane");
  CHECK(report_of({{fatal, pass("x")}}).passed);
  CHECK_FALSE(report_of({{fatal, fail("x")}, {error, pass("x")}}).passed);
  const auto degraded = report_of({{fatal, pass("x")}, {error, fail("x")}});
  CHECK(degraded.passed);
  CHECK(degraded.degraded);
  const auto warned = report_of({{fatal, pass("x")}, {warning, fail("x")}});
  CHECK(warned.passed);
  CHECK_FALSE(warned.degraded);
  Result lighter = fail("x");
  lighter.severity = Severity::warning;
  CHECK(report_of({{fatal, lighter}, {error, pass("x")}}).passed);
}

TEST_CASE("skips alone prove nothing", "[selftest]") {
  CHECK_FALSE(report_of({{&row("os.release"), skip("x")}}).passed);
  CHECK_FALSE(report_of({}).passed);
}

TEST_CASE("the report has its fields, on one line", "[selftest]") {
  const auto report = report_of({{&row("os.release"), pass("fine", {{"ID", "debian"}})},
                                 {&row("img.noupgrade"), fail("bad\nline")},
                                 {&row("nvml.init"), skip("no NVIDIA GPU")}});
  const std::string text = to_json(report);
  CHECK_FALSE(holds(text, "\n"));
  const json read = json::parse(text);
  CHECK(read["schema"] == "ingot/selftest/v1");
  CHECK(read["verdict"] == "pass");
  CHECK(read["degraded"] == true);
  CHECK(read["image"] == "debian-13-nvidia-driver");
  CHECK(read["version"] == "2026.11.1");
  CHECK(read["kernel"] == selftest_test::kernel);
  CHECK(read["gpus"] == 0);
  CHECK(read["cpu_seconds"].is_number());
  CHECK(read["seconds"].is_number());
  REQUIRE(read["checks"].size() == 3);
  CHECK(read["checks"][0] == json{{"id", "os.release"},
                                  {"outcome", "pass"},
                                  {"severity", "F"},
                                  {"reason", "fine"},
                                  {"milliseconds", 0},
                                  {"values", {{"ID", "debian"}}}});
  CHECK_FALSE(read["checks"][2].contains("values"));
  CHECK(summary_line(report) ==
        "ingot selftest: PASS 1 passed, 1 failed, 1 skipped (debian-13-nvidia-driver 2026.11.1, "
        "kernel 6.12.117+deb13-amd64, 0 GPUs, degraded)");
  CHECK(failure_lines(report) ==
        std::vector<std::string>{"ingot selftest: img.noupgrade failed (E): bad line"});
  CHECK(holds(labels_of(report), "ingot.dev/selftest=pass\n"));
  CHECK(holds(labels_of(report), "ingot.dev/kernel=6.12.117_deb13-amd64\n"));
}

TEST_CASE("a report is published everywhere it can be", "[selftest]") {
  FakeTree tree;
  tree.write("/dev/console", "");
  tree.write("/dev/virtio-ports/org.ingot.selftest", "");
  const auto report = report_of({{&row("os.release"), fail("broken")}});
  CHECK(publish(report, tree.node().roots).empty());
  CHECK(text_of(tree.at("/run/ingot/selftest.json")) == to_json(report) + "\n");
  CHECK(text_of(tree.at("/dev/virtio-ports/org.ingot.selftest")) == to_json(report) + "\n");
  CHECK(holds(text_of(tree.at("/dev/console")),
              "ingot selftest: os.release failed (F): broken\r\ningot selftest: FAIL"));
  CHECK(holds(text_of(tree.at("/etc/kubernetes/node-feature-discovery/features.d/ingot")),
              "ingot.dev/selftest=fail"));
}

TEST_CASE("one place that cannot be written hides no other", "[selftest]") {
  FakeTree tree;
  tree.write("/run/ingot", "a file where a folder should be");
  tree.write("/dev/virtio-ports/org.ingot.selftest", "");
  const auto report = report_of({{&row("os.release"), pass("fine")}});
  CHECK(publish(report, tree.node().roots).size() == 1);
  CHECK(text_of(tree.at("/dev/virtio-ports/org.ingot.selftest")) == to_json(report) + "\n");
}

TEST_CASE("the program's status says pass, fail or misuse", "[selftest]") {
  FakeTree tree;
  const std::string root = tree.at("/").string();
  CHECK(run({"--root", root, "--only", "os.release,kern.release"}).status == 0);
  CHECK(run({"--root=" + root, "--only", "os.release", "--etc", root + "none"}).status == 8);
  const Run reported = run({"--root", root, "--only", "pci.count", "--json", "-"});
  CHECK(json::parse(reported.out)["checks"].size() == 1);
  CHECK(holds(run({"--list"}).out, "kmod.signature"));
  CHECK(holds(run({"--explain", "crt.up"}).out, "journalctl -u containerd"));
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--what"},
                                                {"--json"},
                                                {"--only", "no.such"},
                                                {"--explain", "x"},
                                                {"--list=1"},
                                                {"--root", ""},
                                                {"word"}}) {
    const Run misuse = run(wrong);
    CHECK(misuse.status == 2);
    CHECK(holds(misuse.err, "ingot-selftest: "));
  }
  tree.write("/p.json", "{}");
  CHECK(run({"--root", root, "--profile", tree.at("/p.json").string()}).status == 2);
}

TEST_CASE("as a service the program says its verdict and publishes it", "[selftest]") {
  FakeTree tree;
  const Run service = run({"--root", tree.at("/").string(), "--only", "os.release", "--publish"});
  CHECK(service.status == 0);
  CHECK(holds(service.out, "ingot selftest: PASS 1 passed, 0 failed, 0 skipped"));
  CHECK(std::filesystem::exists(tree.at("/run/ingot/selftest.json")));
  std::filesystem::remove(tree.at("/run/ingot/selftest.json"));
  run({"--root", tree.at("/").string(), "--only", "os.release", "--publish", "--no-publish"});
  CHECK_FALSE(std::filesystem::exists(tree.at("/run/ingot/selftest.json")));
}

TEST_CASE("a given root moves every tree unless one is given too", "[selftest]") {
  const auto roots = parse_options({"--proc", "/p", "--root", "/r"}).roots;
  CHECK(roots.at("/etc/x") == "/r/etc/x");
  CHECK(roots.at("/proc/x") == "/p/x");
  CHECK(roots.at("/process") == "/r/process");
  CHECK(roots.at("/usr/x") == "/r/usr/x");
  CHECK_FALSE(roots.live());
  CHECK(parse_options({"--root", "/"}).roots.live());
}

TEST_CASE("every check is named once and explains itself", "[selftest]") {
  std::vector<std::string_view> ids;
  for (const Check& check : catalogue()) {
    CHECK(std::find(ids.begin(), ids.end(), check.id) == ids.end());
    ids.push_back(check.id);
    CHECK(check.work != nullptr);
    CHECK(check.limit > std::chrono::seconds(0));
    CHECK_FALSE(check.what.empty());
    CHECK_FALSE(check.explain.empty());
    CHECK_FALSE((check.at_build && check.when != When::always));
  }
}
