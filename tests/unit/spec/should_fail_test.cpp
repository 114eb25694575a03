// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "spec/project.hpp"
#include "support/catch.hpp"
#include "unit/spec/scratch_project.hpp"

namespace ingot::spec {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> cases() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(test_definitions() / "should-fail")) {
    if (entry.is_directory()) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

TEST_CASE("every broken project is refused with exactly the expected messages", "[spec]") {
  const bool accept = std::getenv("INGOT_ACCEPT") != nullptr;
  for (const fs::path& folder : cases()) {
    INFO(folder.filename().string());
    ScratchProject project;
    project.overlay(folder);
    Diagnostics diagnostics;
    load_all(project.root(), diagnostics);
    const std::string rendered = diagnostics.render() + "\n";
    CHECK(diagnostics.count() > 0);
    const fs::path expect = folder.parent_path() / (folder.filename().string() + ".expect");
    if (accept) std::ofstream{expect, std::ios::binary} << rendered;
    CHECK(rendered == content_of(expect));
  }
}

}  // namespace
}  // namespace ingot::spec
