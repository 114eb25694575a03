// SPDX-License-Identifier: Apache-2.0
#include "spec/substitution.hpp"

#include "support/catch.hpp"

namespace ingot::spec {
namespace {

const Facts facts = {
    {"image.name", "debian-13"}, {"kernel.release", "6.12"}, {"options.a", "${b}"}};

TEST_CASE("names in braces are replaced, once", "[spec]") {
  Diagnostics diagnostics;
  const auto done = [&](const std::string& text) {
    return substituted({text, {}}, facts, diagnostics);
  };
  CHECK(done("plain $HOME {x} }") == "plain $HOME {x} }");
  CHECK(done("${kernel.release}") == "6.12");
  CHECK(done("a-${kernel.release}${image.name}-b") == "a-6.12debian-13-b");
  CHECK(done("${options.a}") == "${b}");
  CHECK(diagnostics.empty());
}

TEST_CASE("a fact that the image lacks is a fault at the place of its use", "[spec]") {
  Diagnostics diagnostics;
  substituted({"x ${driver.version}", {"f.yaml", 3, 4}}, facts, diagnostics);
  REQUIRE(diagnostics.count() == 1);
  CHECK(diagnostics.sorted()[0].place == Place{"f.yaml", 3, 4});
  CHECK(diagnostics.sorted()[0].message ==
        "'driver.version' is used, but the image 'debian-13' has no driver");
}

TEST_CASE("unknown names are faults with a suggestion", "[spec]") {
  Diagnostics diagnostics;
  check_substitutions({"${kernel.release} ${options.socket}", {}}, {"socket"}, diagnostics);
  CHECK(diagnostics.empty());
  check_substitutions({"${kernel.relase}", {"f", 1, 1}}, {}, diagnostics);
  check_substitutions({"${options.sock}", {"f", 2, 1}}, {"socket"}, diagnostics);
  check_substitutions({"${}", {"f", 3, 1}}, {}, diagnostics);
  check_substitutions({"a ${image.name", {"f", 4, 1}}, {}, diagnostics);
  const auto faults = diagnostics.sorted();
  REQUIRE(faults.size() == 4);
  CHECK(faults[0].help == "did you mean 'kernel.release'?");
  CHECK(faults[1].help == "did you mean 'options.socket'?");
  CHECK(faults[2].message == "unknown substitution ''");
  CHECK(faults[3].message == "'${' without its closing brace");
}

}  // namespace
}  // namespace ingot::spec
