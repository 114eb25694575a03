// SPDX-License-Identifier: Apache-2.0
#include "run/locking.hpp"

#include "base/error.hpp"
#include "crypto/hasher.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

spec::LockedPackage locked(const std::string& name, const std::string& version,
                           const std::string& layer = "base") {
  spec::LockedPackage package;
  package.name = name;
  package.version = version;
  package.layer = layer;
  package.sha256 = crypto::digest_of(name + version);
  return package;
}

}  // namespace

TEST_CASE("changes are told by package, image root first", "[run]") {
  spec::Lock before;
  before.image_root = {locked("app", "1"), locked("gone", "3"), locked("same", "1")};
  before.build_root = {locked("gcc", "14.1")};
  spec::Lock after;
  after.image_root = {locked("app", "2", "apps"), locked("fresh", "1"), locked("same", "1")};
  after.build_root = {locked("gcc", "14.2")};
  const auto changes = run::changes(before, after);
  CHECK(run::change_table(changes) ==
        "  package  version       layer\n"
        "~ app      1 -> 2        apps\n"
        "+ fresh    1             base\n"
        "- gone     3             base\n"
        "~ gcc      14.1 -> 14.2  build root, base\n");
  CHECK(run::changes(after, after).empty());
  CHECK(run::change_table({}).empty());
}

TEST_CASE("other bytes under the same version are a change", "[run]") {
  spec::Lock before;
  before.image_root = {locked("app", "1")};
  spec::Lock after = before;
  after.image_root[0].sha256 = crypto::digest_of(std::string_view("tampered"));
  CHECK(run::change_table(run::changes(before, after)).find("1 (other bytes)") !=
        std::string::npos);
}

TEST_CASE("a lock is fresh as long as what decides it stays the same", "[run]") {
  spec::ResolvedImage image;
  image.name = "small";
  image.architecture = "amd64";
  image.file = "images/small.yaml";
  image.project = "/project";
  spec::ResolvedLayer layer;
  layer.name = "base";
  layer.packages.push_back({});
  layer.packages.back().name = "systemd";
  image.layers.push_back(layer);
  spec::Lock lock;
  lock.image = "small";
  lock.definitions = run::definitions_digest(image);
  CHECK_NOTHROW(run::require_fresh(lock, image));

  image.description = "other words";
  CHECK_NOTHROW(run::require_fresh(lock, image));
  image.layers[0].packages[0].name = "systemd-sysv";
  try {
    run::require_fresh(lock, image);
    FAIL("not noticed");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::difference);
    CHECK(error.message().find("ingot lock small") != std::string::npos);
  }
}
