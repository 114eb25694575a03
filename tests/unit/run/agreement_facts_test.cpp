// SPDX-License-Identifier: Apache-2.0
#include "run/agreement_facts.hpp"

#include "crypto/key.hpp"
#include "support/catch.hpp"

using namespace ingot;

TEST_CASE("a tree must agree with the image's definitions, its lock and the module key", "[run]") {
  const auto key = crypto::PrivateKey::generate(crypto::KeyType::ec_p256);
  const auto certificate = crypto::Certificate::self_signed(
      key, {.common_name = "signer", .serial = 1, .not_before = 0, .not_after = 4'000'000'000});
  spec::ResolvedImage image;
  image.name = "gpu";
  image.version = "1";
  image.kernel = spec::Kernel{};
  image.kernel->release = "6.12.9-amd64";
  image.driver = spec::ResolvedDriver{};
  image.driver->version = "550.163.01";
  image.driver->flavour = spec::Flavour::proprietary;
  image.driver->modules = {"nvidia"};
  image.kernel_line = {{.value = "quiet", .place = {}}};
  spec::ResolvedLayer layer;
  layer.packages = {{.name = "libcuda1", .version = {}, .hold = true, .place = {}},
                    {.name = "bash", .version = {}, .hold = false, .place = {}}};
  image.layers = {layer};
  spec::Lock lock;
  for (const std::string name : {"bash", "libc6", "libcuda1"}) {
    spec::LockedPackage package;
    package.name = name;
    package.version = "1";
    lock.image_root.push_back(package);
  }

  const auto facts = run::agreement_facts(image, lock, certificate, "/a build root");
  CHECK(facts.image == "gpu");
  CHECK(facts.kernel_release == "6.12.9-amd64");
  REQUIRE(facts.driver);
  CHECK(facts.driver->flavour == spec::Flavour::proprietary);
  CHECK(facts.kernel_line == std::vector<std::string>{"quiet"});
  CHECK(facts.module_certificate == certificate.fingerprint());
  CHECK(facts.build_root == "/a build root");
  REQUIRE(facts.packages.size() == 3);
  CHECK(facts.packages[2].hold);
  CHECK_FALSE(facts.packages[1].hold);
  CHECK(facts.version_of("libc6") == "1");
  CHECK(facts.version_of("containerd").empty());

  image.driver.reset();
  image.kernel.reset();
  const auto bare = run::agreement_facts(image, lock, certificate, "");
  CHECK_FALSE(bare.driver);
  CHECK(bare.kernel_release.empty());
}
