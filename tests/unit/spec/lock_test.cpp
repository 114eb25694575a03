// SPDX-License-Identifier: Apache-2.0
#include "spec/lock.hpp"

#include <algorithm>

#include "support/catch.hpp"
#include "unit/spec/scratch_project.hpp"

namespace ingot::spec {
namespace {

Lock good_lock() {
  Diagnostics diagnostics;
  const auto lock =
      parse_lock(content_of(test_definitions() / "good.lock"), "good.lock", diagnostics);
  INFO(diagnostics.render());
  REQUIRE(lock);
  return *lock;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string refusal(const std::string& text) {
  Diagnostics diagnostics;
  CHECK_FALSE(parse_lock(text, "good.lock", diagnostics));
  REQUIRE_FALSE(diagnostics.empty());
  return diagnostics.sorted()[0].message;
}

TEST_CASE("a lock holds what its file says", "[spec]") {
  const Lock lock = good_lock();
  CHECK(lock.image == "gpu");
  CHECK(lock.epoch == 1763647200);
  REQUIRE(lock.repositories.size() == 1);
  CHECK(lock.repositories[0].date == "2026-11-20T14:00:00Z");
  CHECK(lock.repositories[0].indexes.at(0).size == Bytes{54321});
  REQUIRE(lock.image_root.size() == 3);
  CHECK(lock.image_root[0].asked);
  CHECK_FALSE(lock.image_root[0].essential);
  CHECK(lock.image_root[0].pre_depends == std::vector<std::string>{"libc6", "libsystemd0"});
  CHECK(lock.image_root[1].version == "1:0.5.12-9");
  CHECK(lock.image_root[1].essential);
  CHECK(lock.build_root.at(0).layer == "driver");
}

TEST_CASE("a lock is rendered to the very bytes it was read from", "[spec]") {
  CHECK(render(good_lock()) == content_of(test_definitions() / "good.lock"));
}

TEST_CASE("packages are rendered by name whatever their order", "[spec]") {
  Lock lock = good_lock();
  std::reverse(lock.image_root.begin(), lock.image_root.end());
  CHECK(render(lock) == render(good_lock()));
}

TEST_CASE("values that YAML would misread are quoted and come back", "[spec]") {
  Lock lock = good_lock();
  LockedPackage& package = lock.image_root[0];
  for (const auto* version : {"1.10", "2025", "1:2", "1e3", "0x10", "1~rc1", "3.0-1+b2", "on"}) {
    INFO(version);
    package.version = version;
    Diagnostics diagnostics;
    const auto again = parse_lock(render(lock), "good.lock", diagnostics);
    INFO(diagnostics.render());
    REQUIRE(again);
    CHECK(*again == lock);
  }
  lock.build_root.clear();
  Diagnostics diagnostics;
  CHECK(parse_lock(render(lock), "good.lock", diagnostics) == lock);
}

TEST_CASE("a lock that says anything else is refused", "[spec]") {
  const std::string good = content_of(test_definitions() / "good.lock");
  const auto refused = [&](const std::string& from, const std::string& to) {
    return refusal(replaced(good, from, to));
  };
  CHECK(refused("format: 1", "format: 2") == "lock format 2 is not known to this version");
  CHECK(refused("epoch: 1763647200\n", "") == "lock lacks the key 'epoch'");
  CHECK(refused("epoch: 1763647200", "epoch: -1") == "'epoch' is out of range: -1");
  CHECK(refused("asked: true", "askd: true") == "unknown key 'askd'");
  CHECK(refused("sha256: cd0aa", "sha256: xx0aa").find("is not a SHA-256 digest") !=
        std::string::npos);
  CHECK(refused("path: pool/main/a", "path: ../../a") ==
        "'../../a/apt/apt_3.0.4_amd64.deb' is not a path in an archive");
  CHECK(refused("path: pool/main/a", "path: /pool/main/a").find("is not a path") !=
        std::string::npos);
  CHECK(refused("version: \"2025\"", "version: 2025") == "'version' must be text, found a number");
  CHECK(refused("architecture: amd64", "architecture: arm64") == "unknown architecture 'arm64'");
  CHECK(refused("repository: debian, path: pool/main/t", "repository: debain, path: pool/main/t") ==
        "unknown repository 'debain'");
  CHECK(refused("name: dash", "name: apt") == "'apt' appears twice in 'image-root'");
  CHECK(refused("size: 1465328", "size: 0") == "'size' is out of range: 0");
  CHECK(refused("definitions:", "definitions: &x") == "anchors are not allowed");
}

TEST_CASE("what is locked is decided by what the definitions ask for", "[spec]") {
  const auto inputs = [](const ScratchProject& project) {
    Diagnostics diagnostics;
    const ResolvedImage image = resolve(project.root(), "gpu", diagnostics);
    INFO(diagnostics.render());
    REQUIRE(diagnostics.empty());
    return lock_inputs(image);
  };
  const auto after = [&](const std::string& file, const std::string& from, const std::string& to) {
    ScratchProject project;
    project.write(file, replaced(content_of(project.root() / file), from, to));
    return inputs(project);
  };
  const std::string original = inputs(ScratchProject{});
  CHECK(inputs(ScratchProject{}) == original);
  CHECK(original.find("  build linux-headers-6.12.117+deb13-amd64 6.12.117-1\n") !=
        std::string::npos);

  const std::string base = "layers/base/layer.yaml";
  CHECK(after(base, "- systemd", "- systemd-sysv") != original);
  CHECK(after(base, "default: trixie", "default: forky") != original);
  CHECK(after(base, "ABCDEF01234567]", "ABCDEF01234568]") != original);
  CHECK(after("layers/driver/layer.yaml", "- make", "- cmake") != original);
  CHECK(after("images/gpu.yaml", "tools: false", "tools: true") != original);

  CHECK(after(base, "description: Where", "description: # comment\n  Somewhere") == original);
  CHECK(after(base, "GREETING", "GREETINGS") == original);
  CHECK(after("images/gpu.yaml", "2026.11.1", "2026.11.2") == original);
  CHECK(after("images/gpu.yaml", "workers: 5", "workers: 6") == original);
}

}  // namespace
}  // namespace ingot::spec
