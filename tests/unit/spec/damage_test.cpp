// SPDX-License-Identifier: Apache-2.0
// Files cut short and files that lost a byte: each is either sound or refused with a reason.
#include "spec/lock.hpp"
#include "spec/parse.hpp"
#include "support/catch.hpp"
#include "unit/spec/scratch_project.hpp"

namespace ingot::spec {
namespace {

namespace fs = std::filesystem;

using Parse = void (*)(const Node&, const Origin&, Diagnostics&);

template <auto Function>
void parse_with(const Node& root, const Origin& origin, Diagnostics& diagnostics) {
  Function(root, origin, diagnostics);
}

/// False when there is neither a result nor a reason.
bool is_answered(const std::string& text, const Origin& origin, Parse parse) {
  Diagnostics diagnostics;
  const auto root = parse_yaml(text, origin.file, diagnostics);
  if (!root && diagnostics.empty()) return false;
  if (root) parse(*root, origin, diagnostics);
  return diagnostics.empty() == diagnostics.render().empty();
}

void damage(const std::string& file, const std::string& name, Parse parse) {
  const fs::path path = test_definitions() / "good" / file;
  const Origin origin{file, name, path.parent_path()};
  const std::string text = content_of(path);
  REQUIRE(is_answered(text, origin, parse));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string shorter = text;
    shorter.erase(i, 1);
    if (!is_answered(text.substr(0, i), origin, parse)) FAIL(file + " cut at " + std::to_string(i));
    if (!is_answered(shorter, origin, parse)) FAIL(file + " without byte " + std::to_string(i));
  }
}

TEST_CASE("damaged definitions never crash the reader", "[spec]") {
  damage("images/gpu.yaml", "gpu", parse_with<parse_image>);
  damage("images/plain.yaml", "plain", parse_with<parse_image>);
  damage("layers/base/layer.yaml", "base", parse_with<parse_layer>);
  damage("layers/driver/layer.yaml", "driver", parse_with<parse_layer>);
  damage("layers/containerd/layer.yaml", "containerd", parse_with<parse_layer>);
  damage("kernels/series-6.12.yaml", "series-6.12", parse_with<parse_kernel>);
  damage("kernels/nvidia/550.163.01.yaml", "550.163.01", parse_with<parse_driver>);
  damage("kernels/matrix.yaml", "matrix", parse_with<parse_matrix>);
}

TEST_CASE("a damaged lock is refused, or still a lock", "[spec]") {
  // One package of each root: the time is quadratic in the length.
  Diagnostics none;
  auto whole = parse_lock(content_of(test_definitions() / "good.lock"), "good.lock", none);
  REQUIRE(whole);
  whole->image_root.resize(1);
  const std::string text = render(*whole);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string shorter = text;
    shorter.erase(i, 1);
    for (const std::string& damaged : {text.substr(0, i), shorter}) {
      Diagnostics diagnostics;
      const auto lock = parse_lock(damaged, "good.lock", diagnostics);
      if (lock.has_value() != diagnostics.empty()) FAIL("damaged at byte " + std::to_string(i));
    }
  }
}

}  // namespace
}  // namespace ingot::spec
