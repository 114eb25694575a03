// SPDX-License-Identifier: Apache-2.0
#include "spec/project.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "unit/spec/scratch_project.hpp"

namespace ingot::spec {
namespace {

namespace fs = std::filesystem;

ResolvedImage resolved(const fs::path& project, const std::string& image) {
  Diagnostics diagnostics;
  ResolvedImage found = resolve(project, image, diagnostics);
  INFO(diagnostics.render());
  REQUIRE(diagnostics.empty());
  return found;
}

const ResolvedLayer& layer_of(const ResolvedImage& image, const std::string& name) {
  for (const ResolvedLayer& layer : image.layers) {
    if (layer.name == name) return layer;
  }
  FAIL("no layer " + name);
  throw std::logic_error("unreachable");
}

std::vector<std::string> names_of(const std::vector<ResolvedPackage>& packages) {
  std::vector<std::string> names;
  for (const auto& package : packages) names.push_back(package.name);
  return names;
}

TEST_CASE("an image is resolved with its kernel, driver, pair and layers in order", "[spec]") {
  const fs::path good = test_definitions() / "good";
  const ResolvedImage image = resolved(good, "gpu");
  CHECK(image.name == "gpu");
  CHECK(image.version == "2026.11.1");
  CHECK(image.profile.gpus == GpuDemand::required);
  CHECK(image.profile.count == 8);
  CHECK(image.disk.size == 8_GiB);
  CHECK(image.disk.esp == 256_MiB);
  CHECK(image.formats == std::vector{ImageFormat::tar, ImageFormat::disk});
  CHECK(image.has_format(ImageFormat::disk));
  CHECK_FALSE(image.has_format(ImageFormat::netboot));
  CHECK(image.lock_file() == good / "images/gpu.lock");
  REQUIRE(image.kernel);
  CHECK(image.kernel->release == "6.12.117+deb13-amd64");
  REQUIRE(image.driver);
  CHECK(image.driver->source.package == "nvidia-open-kernel-dkms");
  REQUIRE(image.driver->patches.size() == 1);
  CHECK(image.driver->patches[0].path == good / "kernels/nvidia/patches/0001-both.patch");
  REQUIRE(image.pair);
  CHECK(image.pair->builds == Tried::yes);
  CHECK(image.pair->boots == Tried::untested);
  REQUIRE(image.layers.size() == 4);
  CHECK(image.layers[1].name == "kernel");
  CHECK(image.files ==
        std::vector<std::string>{"images/gpu.yaml", "kernels/matrix.yaml",
                                 "kernels/nvidia/550.163.01.yaml", "kernels/series-6.12.yaml",
                                 "layers/base/layer.yaml", "layers/containerd/layer.yaml",
                                 "layers/driver/layer.yaml", "layers/kernel/layer.yaml"});
}

TEST_CASE("options, conditions and substitutions are carried out", "[spec]") {
  const ResolvedImage image = resolved(test_definitions() / "good", "gpu");
  const ResolvedLayer& containerd = layer_of(image, "containerd");
  CHECK(std::get<std::string>(containerd.options.at("socket")) == "/run/gpu.sock");
  CHECK(std::get<std::int64_t>(containerd.options.at("workers")) == 5);
  CHECK(std::get<bool>(containerd.options.at("tools")) == false);
  CHECK(containerd.environment ==
        std::map<std::string, std::string>{{"INGOT_OPTION_LINE", "2"},
                                           {"INGOT_OPTION_SOCKET", "/run/gpu.sock"},
                                           {"INGOT_OPTION_TOOLS", "false"},
                                           {"INGOT_OPTION_WORKERS", "5"},
                                           {"SOCKET", "unix:///run/gpu.sock"}});
  CHECK(names_of(containerd.packages) ==
        std::vector<std::string>{"containerd", "containerd-line-2"});
  const ResolvedLayer& driver = layer_of(image, "driver");
  CHECK(driver.receives_modules);
  CHECK(driver.packages.at(0).version == "550.163.01-2");
  CHECK(driver.packages.at(0).hold);
  CHECK(names_of(driver.build_root) ==
        std::vector<std::string>{"make", "gcc-14", "linux-headers-6.12.117+deb13-amd64",
                                 "nvidia-open-kernel-dkms"});
  CHECK(driver.environment.at("SOURCE") == "/usr/src/open");
  std::vector<std::string> words;
  for (const Located& word : image.kernel_line) words.push_back(word.value);
  CHECK(words == std::vector<std::string>{"modprobe.blacklist=nouveau,nova_core", "console=ttyS1",
                                          "image=2026.11.1"});
}

TEST_CASE("repositories know their keyring and fingerprints", "[spec]") {
  const fs::path good = test_definitions() / "good";
  const ResolvedImage image = resolved(good, "plain");
  const ResolvedLayer& base = layer_of(image, "base");
  REQUIRE(base.repositories.size() == 2);
  CHECK(base.repositories[0].suite == "trixie");
  CHECK(base.repositories[0].keyring == good / "layers/base/own.gpg");
  CHECK(base.repositories[1].suite == "trixie-security");
  CHECK(base.repositories[1].keyring == "/usr/share/keyrings/debian-archive-keyring.gpg");
  CHECK(base.repositories[0].signed_by ==
        std::vector<std::string>{"0123456789ABCDEF0123456789ABCDEF01234567"});
}

TEST_CASE("what lies in a layer's folder is found", "[spec]") {
  const fs::path good = test_definitions() / "good";
  const ResolvedImage image = resolved(good, "gpu");
  const LayerContent& base = layer_of(image, "base").content;
  CHECK(base.files == good / "layers/base/files");
  CHECK(base.configure == good / "layers/base/scripts/configure");
  CHECK_FALSE(base.build);
  CHECK_FALSE(base.src);
  CHECK(layer_of(image, "driver").content.build == good / "layers/driver/scripts/build");
  CHECK(layer_of(image, "containerd").content.src == good / "layers/containerd/src");
}

TEST_CASE("entries keep the place they were written at", "[spec]") {
  const ResolvedImage image = resolved(test_definitions() / "good", "gpu");
  CHECK(text_of(layer_of(image, "containerd").place) == "images/gpu.yaml:12");
  CHECK(text_of(layer_of(image, "containerd").packages[0].place) ==
        "layers/containerd/layer.yaml:10");
}

TEST_CASE("an image is named by its name or by its path", "[spec]") {
  const ScratchProject project;
  const std::string absolute = (project.root() / "images/plain.yaml").string();
  for (const std::string& word :
       {std::string("plain"), std::string("images/plain.yaml"), std::string("./images/plain.yaml"),
        std::string("plain.yaml"), absolute}) {
    INFO(word);
    CHECK(resolved(project.root(), word).name == "plain");
  }
  Diagnostics diagnostics;
  REQUIRE_THROWS_AS(resolve(project.root(), "/etc/plain.yaml", diagnostics), Error);
  REQUIRE_THROWS_AS(resolve(project.root(), "other/plain", diagnostics), Error);
  resolve(project.root(), "plan", diagnostics);
  REQUIRE(diagnostics.count() == 1);
  CHECK(diagnostics.sorted()[0].message == "there is no image 'plan'");
  CHECK(diagnostics.sorted()[0].help == "did you mean 'plain'?");
}

TEST_CASE("a folder without images is no project", "[spec]") {
  Diagnostics diagnostics;
  REQUIRE_THROWS_AS(load_all("/nonexistent", diagnostics), Error);
  REQUIRE_THROWS_AS(resolve("/nonexistent", "x", diagnostics), Error);
}

TEST_CASE("all definitions of a good project are sound", "[spec]") {
  Diagnostics diagnostics;
  const Project all = load_all(test_definitions() / "good", diagnostics);
  INFO(diagnostics.render());
  CHECK(diagnostics.empty());
  CHECK(all.images.size() == 2);
  CHECK(all.layers.size() == 4);
  CHECK(all.kernels.size() == 1);
  CHECK(all.drivers.size() == 1);
  CHECK(all.pairs.size() == 2);
  CHECK(all.resolved.size() == 2);
  CHECK(all.files.size() == 9);
}

TEST_CASE("the faults of an image do not include those of files it does not use", "[spec]") {
  ScratchProject project;
  project.write("layers/containerd/layer.yaml", "nonsense: 1\n");
  resolved(project.root(), "plain");
  Diagnostics diagnostics;
  resolve(project.root(), "gpu", diagnostics);
  CHECK_FALSE(diagnostics.empty());
}

TEST_CASE("a definition that cannot be read is a fault, not a crash", "[spec]") {
  ScratchProject project;
  fs::remove(project.root() / "kernels/series-6.12.yaml");
  fs::create_directory(project.root() / "kernels/series-6.12.yaml");
  project.write("layers/base/layer.yaml", std::string(2 << 20, '#'));
  Diagnostics diagnostics;
  load_all(project.root(), diagnostics);
  const auto faults = diagnostics.sorted();
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].message == "must be a regular file");
  CHECK(faults[1].message == "the file is larger than 1 MiB");
}

}  // namespace
}  // namespace ingot::spec
