// SPDX-License-Identifier: Apache-2.0
#include "step/image_manifest.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;

namespace {

const crypto::PrivateKey& key() {
  static const crypto::PrivateKey made = crypto::PrivateKey::generate(crypto::KeyType::rsa_2048);
  return made;
}

crypto::Certificate certificate() {
  return crypto::Certificate::self_signed(
      key(), {.common_name = "test", .serial = 1, .not_before = 0, .not_after = 4'000'000'000});
}

}  // namespace

TEST_CASE("os-release gives ID and VERSION_ID, quoted or not") {
  const auto release = step::parse_os_release("NAME=\"Debian\"\nID=debian\nVERSION_ID=\"13\"\n");
  CHECK(release.id == "debian");
  CHECK(release.version_id == "13");
}

TEST_CASE("an os-release without VERSION_ID cannot be shipped") {
  CHECK_THROWS_AS(step::parse_os_release("ID=debian\n"), Error);
  CHECK_THROWS_AS(step::parse_os_release(""), Error);
}

TEST_CASE("the manifest names packages, holds and signer, and is the same every time") {
  spec::ResolvedImage image;
  image.name = "worker";
  image.version = "1";
  image.architecture = "amd64";
  image.layers.resize(1);
  image.layers[0].packages = {{"containerd", {}, true, {}}};
  spec::Lock lock;
  lock.image_root.resize(2);
  lock.image_root[0].name = "bash";
  lock.image_root[0].version = "5.2";
  lock.image_root[1].name = "containerd";
  lock.image_root[1].version = "1.7";

  const std::string text = step::image_manifest(image, lock, {"debian", "13"}, certificate());
  CHECK(text == step::image_manifest(image, lock, {"debian", "13"}, certificate()));
  const auto manifest = nlohmann::json::parse(text);
  CHECK(manifest["schema"] == "ingot/image/v1");
  CHECK(manifest["kernel"].is_null());
  CHECK(manifest["driver"].is_null());
  CHECK(manifest["containerd"]["version"] == "1.7");
  CHECK(manifest["packages"][0]["hold"] == false);
  CHECK(manifest["packages"][1]["hold"] == true);
  CHECK(manifest["signer"]["sha256"] == certificate().fingerprint().hex());
}
