// SPDX-License-Identifier: Apache-2.0
#include "cli/difference_text.hpp"

#include <nlohmann/json.hpp>

#include "cli/difference_json.hpp"
#include "support/catch.hpp"
#include "support/listed_files.hpp"

using namespace ingot;
using test::listed_file;

namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

run::ReleaseDifference named() {
  run::ReleaseDifference difference;
  difference.a = {"/out/a-1", run::TreeSource::release, "a", "1"};
  difference.b = {"/out/b.tar", run::TreeSource::tar, "", ""};
  return difference;
}

run::ReleaseDifference telling() {
  run::ReleaseDifference difference = named();
  difference.packages = {{"new", std::nullopt, "1"}, {"old", "2-1", "1-1"}};
  difference.modules = run::KernelModules{{"6.1"}, {"6.2"}, {}};
  difference.units = run::Differences<run::UnitState>{};
  difference.kernel_config = {{"CONFIG_A", "y", std::nullopt}, {"CONFIG_B", "m", "y"}};
  difference.kernel_line = {{"ingot.root.size", "1", "2"}, {"quiet", "", std::nullopt}};
  difference.agreement = run::AgreementDifferences{"pass", "fail", {{"a.b", "pass", "fail"}}};
  difference.not_compared = {{run::Section::formats, "no folder"}};
  return difference;
}

}  // namespace

TEST_CASE("each section says what differs, and what was not compared is named") {
  const std::string text = cli::text_of(telling());
  for (const char* part :
       {"a: a 1, /out/a-1\nb: /out/b.tar\n", "packages: 1 added, 1 changed", "+ new 1",
        "~ old 2-1 -> 1-1 (older)", "modules (kernel 6.1 -> 6.2): equal", "- CONFIG_A (was y)",
        "~ CONFIG_B m -> y", "kernel line: 1 removed", "- quiet", "each names its own root image",
        "agreement: pass -> fail\n  ~ pass -> fail: 1\n      a.b\n", "equal: units\n",
        "not compared: formats: no folder"})
    CHECK(holds(text, part));
  CHECK_FALSE(holds(text, "ingot.root.size"));
}

TEST_CASE("files of packages that came are counted, others named or counted by folder") {
  std::vector<archive::ListedFile> files = {listed_file("usr/bin/new"), listed_file("etc/x")};
  run::ReleaseDifference difference = named();
  difference.packages = {{"new", std::nullopt, "1"}};
  difference.files = run::file_changes({}, files, {}, {{"usr/bin/new", "new"}});
  std::string text = cli::text_of(difference);
  CHECK(holds(text, "+ /etc/x"));
  CHECK(holds(text, "and 1 of the packages above"));
  CHECK_FALSE(holds(text, "/usr/bin/new"));

  difference.packages.reset();
  CHECK(holds(cli::text_of(difference), "+ /usr/bin/new"));

  files.clear();
  for (int i = 100; i < 130; ++i) files.push_back(listed_file("etc/" + std::to_string(i)));
  difference.files = run::file_changes({}, files, {}, {});
  text = cli::text_of(difference);
  CHECK(holds(text, "+ 30 in /etc"));
  difference.files = run::file_changes(files, {}, {}, {});
  CHECK(holds(cli::text_of(difference), "- 30 in /etc"));
  files.resize(3);
  difference.files = run::file_changes(files, {}, {}, {});
  CHECK(holds(cli::text_of(difference), "- /etc/102"));
}

TEST_CASE("foreign text reaches neither terminal nor JSON as it is") {
  run::ReleaseDifference difference = named();
  difference.packages = {{"\x1b[2J", std::nullopt, "\xff"}};
  difference.files = run::file_changes({}, {listed_file("etc/\x1b\xff")}, {}, {});
  const std::string text = cli::text_of(difference);
  CHECK(holds(text, "+ \\033[2J \\377"));
  CHECK(holds(text, "/etc/\\033\\377"));
  const auto json = nlohmann::json::parse(cli::json_text_of(difference));
  CHECK(json["files"]["changes"][0]["pathHex"] == "2f6574632f1bff");
}

TEST_CASE("JSON has all sections that were compared, with both sides") {
  const auto json = nlohmann::json::parse(cli::json_text_of(telling()));
  CHECK(json["schema"] == "ingot/diff/v1");
  CHECK(json["equal"] == false);
  CHECK(json["equalSections"] == nlohmann::json({"units"}));
  CHECK(json["notCompared"][0]["section"] == "formats");
  CHECK(json["a"]["image"] == "a");
  CHECK(json["b"]["source"] == "tar");
  CHECK(json["packages"][1]["direction"] == "older");
  CHECK(json["modules"]["kernels"]["b"][0] == "6.2");
  CHECK(json["kernelConfig"][0]["change"] == "removed");
  CHECK(json["kernelLine"][0]["namesRootImage"] == true);
  CHECK(json["agreement"]["verdict"]["b"] == "fail");
  CHECK_FALSE(json.contains("files"));
}

TEST_CASE("what a new kernel does to its own modules is counted, others are named") {
  run::ReleaseDifference difference = named();
  difference.modules = run::KernelModules{{"6.1"}, {"6.2"}, {}};
  auto& modules = difference.modules->differences;
  const auto state = [](const std::string& place, const char* digest) {
    return run::ModuleState{"usr/lib/modules/6.1/" + place, place, digest};
  };
  for (int i = 100; i < 130; ++i) {
    const std::string name = std::to_string(i);
    modules.push_back({name, state("kernel/" + name, "1"), state("kernel/" + name, "2")});
  }
  modules.push_back({"nvidia", state("updates/nvidia.ko", "1"), std::nullopt});
  const std::string text = cli::text_of(difference);
  CHECK(holds(
      text,
      "1 removed, 30 changed\n  - nvidia: updates/nvidia.ko\n  ~ 30 of the kernel's own: content"));
}
