// SPDX-License-Identifier: Apache-2.0
#include "run/matrix_table.hpp"
#include "support/catch.hpp"

namespace ingot::run {
namespace {

using spec::Tried;

spec::Pair failing() {
  spec::Pair pair;
  pair.kernel = {"k", {}};
  pair.driver = {"1.2", {}};
  pair.builds = pair.boots = Tried::no;
  pair.reason = "an old driver";
  pair.tested = "2026-11-21";
  pair.found = spec::FoundPair{.builds = Tried::no,
                               .boots = Tried::untested,
                               .kernel = "linux 6",
                               .driver = "nvidia 1.2",
                               .compiler = "gcc 14",
                               .error = "a | b"};
  return pair;
}

TEST_CASE("the tables say what was expected, what was found, and why", "[run]") {
  CHECK(matrix_table({{failing(), {}, {}}}) ==
        "pair        expected        found           tested\n"
        "k/1.2/open  does not build  does not build  2026-11-21  an old driver\n");
  CHECK(matrix_table({{failing(), "it builds", {}}}).find("FAILED: it builds") !=
        std::string::npos);
  CHECK(matrix_markdown({failing()})
            .ends_with("| linux 6 | nvidia 1.2 | open | does not build | does not build | "
                       "2026-11-21 | gcc 14 | "
                       "an old driver; a \\| b |\n"));
  CHECK(matrix_json({{failing(), "it builds", {}}}).find("\"complaint\": \"it builds\"") !=
        std::string::npos);
}

TEST_CASE("the table takes the place of the table before, and of nothing else", "[run]") {
  const std::string frame =
      "# kernels\n<!-- Written by `ingot matrix --write` from matrix.yaml: do not edit. -->\n";
  const std::string rest = "<!-- End of the table. -->\nmore\n";
  CHECK(with_matrix(frame + "old\n" + rest, "new\n") == frame + "new\n" + rest);
  CHECK(with_matrix(frame + rest, "new\n") == frame + "new\n" + rest);
  CHECK_THROWS_AS(with_matrix("# kernels\n" + rest, "new\n"), Error);
  CHECK_THROWS_AS(with_matrix(frame, "new\n"), Error);
}

}  // namespace
}  // namespace ingot::run
