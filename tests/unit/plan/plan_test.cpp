// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.hpp"

#include <algorithm>

#include "crypto/hasher.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

spec::ResolvedLayer layer(const std::string& name) {
  spec::ResolvedLayer made;
  made.name = name;
  return made;
}

spec::LockedPackage package(const std::string& name, const std::string& of_layer) {
  spec::LockedPackage made;
  made.name = name;
  made.version = "1";
  made.sha256 = crypto::digest_of(name);
  made.layer = of_layer;
  return made;
}

/// Two layers, a kernel and a driver; tests change one thing each.
struct Project {
  spec::ResolvedImage image;
  spec::Lock lock;
  std::map<std::string, plan::LayerDigests> layers;
  std::vector<Sha256> patches;

  Project() {
    image.name = "worker";
    image.version = "1";
    image.layers = {layer("base"), layer("driver")};
    image.layers[1].receives_modules = true;
    image.kernel = spec::Kernel{};
    image.kernel->release = "6.12.1";
    image.driver = spec::ResolvedDriver{};
    image.driver->modules = {"nvidia"};
    lock.image_root = {package("bash", "base"), package("libcuda1", "driver")};
    lock.build_root = {package("gcc-14", "driver")};
    layers["base"].files = plan::FolderDigest{crypto::digest_of("files of base")};
    layers["base"].configure = crypto::digest_of("script of base");
  }

  plan::Plan plan() const {
    return plan::make_plan({.image = image,
                            .lock = lock,
                            .layers = layers,
                            .patches = patches,
                            .module_certificate = {}});
  }
};

/// Names of the steps whose keys differ.
std::vector<std::string> changed(const plan::Plan& before, const plan::Plan& after) {
  std::vector<std::string> names;
  for (const plan::Step& step : before.steps) {
    const plan::Step* other = after.find(step.name);
    if (other == nullptr || other->key != step.key) names.push_back(step.name);
  }
  return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("the same inputs give the same plan") {
  CHECK(changed(Project().plan(), Project().plan()).empty());
}

TEST_CASE("every input of a step comes before it") {
  const plan::Plan plan = Project().plan();
  std::vector<std::string> seen;
  for (const plan::Step& step : plan.steps) {
    for (const std::string& input : step.inputs) CHECK(has(seen, input));
    seen.push_back(step.name);
  }
  CHECK(seen.back() == "seal");
}

TEST_CASE("a step's own key knows nothing of what lies below") {
  Project after;
  after.lock.image_root[0].sha256 = crypto::digest_of("another bash");
  const plan::Plan before = Project().plan();
  CHECK(after.plan().at("initramfs").own_key == before.at("initramfs").own_key);
  CHECK(after.plan().at("initramfs").key != before.at("initramfs").key);
  CHECK(after.plan().at("packages/base").own_key != before.at("packages/base").own_key);
  after.image.kernel->release = "6.12.2";
  CHECK(after.plan().at("initramfs").own_key != before.at("initramfs").own_key);
  CHECK(before.at("initramfs").own_key != before.at("module-index").own_key);
}

TEST_CASE("all packages lie below all configuration") {
  const std::vector<std::string> root = Project().plan().image_root();
  CHECK(root == std::vector<std::string>{"packages/base", "packages/driver", "system/base",
                                         "system/driver", "finish", "initramfs",
                                         "signed-modules/driver", "module-index", "seal"});
}

TEST_CASE("a changed file of a layer leaves packages and compiled modules alone") {
  Project after;
  after.layers["base"].files = plan::FolderDigest{crypto::digest_of("other files")};
  const auto names = changed(Project().plan(), after.plan());
  CHECK(names.front() == "system/base");
  CHECK_FALSE(has(names, "packages/driver"));
  CHECK_FALSE(has(names, "modules/driver"));
  CHECK_FALSE(has(names, "build-root"));
  CHECK(has(names, "seal"));
}

TEST_CASE("a new module key signs again but compiles nothing") {
  Project project;
  const plan::Plan before = project.plan();
  const plan::Plan after = plan::make_plan({.image = project.image,
                                            .lock = project.lock,
                                            .layers = project.layers,
                                            .patches = {},
                                            .module_certificate = crypto::digest_of("other")});
  const auto names = changed(before, after);
  CHECK_FALSE(has(names, "modules/driver"));
  CHECK(has(names, "signed-modules/driver"));
  CHECK_FALSE(has(names, "system/driver"));
}

TEST_CASE("only the index of modules waits for their compilation") {
  const plan::Plan plan = Project().plan();
  for (const char* name : {"system/driver", "finish", "initramfs"})
    CHECK_FALSE(has(plan.at(name).inputs, "modules/driver"));
  CHECK_FALSE(has(plan.at("initramfs").lowers, "signed-modules/driver"));
  CHECK(plan.at("signed-modules/driver").inputs == std::vector<std::string>{"modules/driver"});
  CHECK(has(plan.at("module-index").lowers, "signed-modules/driver"));
  CHECK_FALSE(has(plan.at("module-index").inputs, "initramfs"));
}

TEST_CASE("a patch compiles the modules again") {
  Project after;
  after.patches = {crypto::digest_of("patch")};
  CHECK(has(changed(Project().plan(), after.plan()), "modules/driver"));
}

TEST_CASE("a package of the build root reaches everything that is built with it") {
  Project after;
  after.lock.build_root = {package("gcc-15", "driver")};
  const auto names = changed(Project().plan(), after.plan());
  CHECK(has(names, "build-root/driver"));
  CHECK(has(names, "modules/driver"));
  CHECK_FALSE(has(names, "build-root/base"));
  CHECK_FALSE(has(names, "packages/base"));
}

TEST_CASE("a layer builds with its own tools and those of the layers before it") {
  Project project;
  project.image.layers.push_back(layer("programs"));
  project.layers["programs"].build = crypto::digest_of("build");
  project.lock.build_root = {package("coreutils", "base"), package("gcc-14", "driver"),
                             package("g++", "programs")};
  const plan::Plan plan = project.plan();
  CHECK(plan.build_root() ==
        std::vector<std::string>{"build-root/base", "build-root/driver", "build-root/programs"});
  CHECK(plan.at("modules/driver").lowers ==
        std::vector<std::string>{"build-root/base", "build-root/driver"});
  CHECK(plan.at("program/programs").lowers == plan.build_root());
  CHECK(has(plan.at("program/programs").hidden, "usr/src"));
  project.image.layers.back().needs_kernel = true;
  CHECK(project.plan().at("program/programs").hidden.empty());
}

TEST_CASE("a kernel is in the key of those that need it only") {
  Project project;
  project.image.layers.back().needs_kernel = true;
  Project after = project;
  after.image.kernel->release = "6.12.2";
  const plan::Plan before = project.plan();
  CHECK(after.plan().at("system/base").own_key == before.at("system/base").own_key);
  CHECK(after.plan().at("system/driver").own_key != before.at("system/driver").own_key);
}

TEST_CASE("an image without a kernel has no initramfs") {
  Project project;
  project.image.kernel.reset();
  project.image.driver.reset();
  project.image.layers[1].receives_modules = false;
  CHECK(project.plan().find("initramfs") == nullptr);
}
