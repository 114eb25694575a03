// SPDX-License-Identifier: Apache-2.0
#include "spec/matrix.hpp"

#include "spec/project.hpp"
#include "support/catch.hpp"
#include "unit/spec/scratch_project.hpp"

namespace ingot::spec {
namespace {

std::vector<Pair> load(const ScratchProject& project) {
  Diagnostics diagnostics;
  auto pairs = load_matrix(project.root(), diagnostics);
  INFO(diagnostics.render());
  CHECK(diagnostics.empty());
  return pairs;
}

TEST_CASE("a matrix that is written reads the same, and writes the same bytes", "[spec]") {
  ScratchProject project;
  std::vector<Pair> pairs = load(project);
  REQUIRE(pairs.size() == 2);
  pairs[0].image = {"gpu", {}};
  pairs[0].found = FoundPair{.builds = Tried::yes,
                             .boots = Tried::untested,
                             .kernel = "linux-image-6.12 6.12.117-1",
                             .driver = "nvidia-kernel-dkms 550",
                             .compiler = "gcc-14 14.2.0-19",
                             .error = {}};
  pairs[1].fails_with = "a \"quoted\" word";
  pairs[1].found.emplace();
  pairs[1].found->error = "x.c:1:2: error: \\ and: #";
  const std::string text = matrix_text("# For people.\n# Twice.\npairs:\n  - gone\n", pairs);
  CHECK(text.starts_with("# For people.\n# Twice.\npairs:\n  - kernel: series-6.12\n"));
  project.write("kernels/matrix.yaml", text);
  const std::vector<Pair> read = load(project);
  REQUIRE(read.size() == 2);
  CHECK(read[0].found == pairs[0].found);
  CHECK(read[1].found == pairs[1].found);
  CHECK(read[1].fails_with == pairs[1].fails_with);
  CHECK(read[0].image.value == "gpu");
  CHECK(matrix_text(text, read) == text);
}

TEST_CASE("a pair without its patches is another pair", "[spec]") {
  ScratchProject project;
  std::vector<Pair> pairs = load(project);
  pairs[1] = pairs[0];
  pairs[1].patches = false;
  CHECK(name_of(pairs[0]) == "series-6.12/550.163.01/open");
  CHECK(name_of(pairs[1]) == "series-6.12/550.163.01/open/unpatched");
  project.write("kernels/matrix.yaml", matrix_text("", pairs));
  CHECK(load(project).size() == 2);
  Diagnostics diagnostics;
  const auto image = resolve(project.root(), "gpu", diagnostics);
  REQUIRE(image.pair);
  CHECK(image.pair->patches);
}

TEST_CASE("a matrix without rows can be written", "[spec]") {
  CHECK(matrix_text("# none\n", {}) == "# none\npairs: []\n");
}

}  // namespace
}  // namespace ingot::spec
