// SPDX-License-Identifier: Apache-2.0
#include "run/cache_manifest.hpp"

#include <functional>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "crypto/sigstore_bundle.hpp"
#include "support/catch.hpp"

using namespace ingot;
using nlohmann::json;

namespace {

constexpr const char* bundle = "vnd.ingot.cache-entry.bundle";

struct Fixture {
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::ec_p256);
  crypto::PrivateKey other = crypto::PrivateKey::generate(crypto::KeyType::ec_p256);
  run::CacheStatement statement{.key = crypto::digest_of("key"),
                                .step = "packages/base",
                                .payload = {crypto::digest_of("payload"), 7},
                                .cost = std::chrono::milliseconds(5)};

  std::string refusal_of(const std::string& manifest) const {
    try {
      (void)run::verified_cache_manifest(manifest, statement.key,
                                         {other.public_key(), key.public_key()});
    } catch (const Error& error) {
      CHECK(error.fault() == Fault::verification);
      return error.message();
    }
    return "accepted";
  }
  std::string refusal_after(const std::function<void(json&)>& change) const {
    json manifest = json::parse(run::cache_manifest(statement, key));
    change(manifest);
    return refusal_of(manifest.dump());
  }
};

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a manifest of a result is one of the OCI image-spec, with the payload as layer",
          "[run]") {
  const Fixture f;
  const json manifest = json::parse(run::cache_manifest(f.statement, f.key));
  CHECK(manifest.at("schemaVersion") == 2);
  CHECK(manifest.at("mediaType") == "application/vnd.oci.image.manifest.v1+json");
  CHECK(manifest.at("artifactType") == "application/vnd.ingot.cache-entry.v1");
  CHECK(manifest.at("config").at("size") == 2);
  CHECK(manifest.at("config").at("digest") == "sha256:" + crypto::digest_of("{}").hex());
  REQUIRE(manifest.at("layers").is_array());
  REQUIRE(manifest.at("layers").size() == 1);
  CHECK(manifest.at("layers")[0].at("digest") == "sha256:" + f.statement.payload.digest.hex());
  CHECK(manifest.at("layers")[0].at("size") == 7);
}

TEST_CASE("what a trusted key has signed about a result is believed", "[run]") {
  const Fixture f;
  const auto read =
      run::verified_cache_manifest(run::cache_manifest(f.statement, f.key), f.statement.key,
                                   {f.other.public_key(), f.key.public_key()});
  CHECK(read.payload == f.statement.payload);
  CHECK(read.cost == f.statement.cost);
}

TEST_CASE("nothing of a manifest but its signature is believed", "[run]") {
  const Fixture f;
  const auto changed = [&](const std::function<void(json&)>& change) {
    json manifest = json::parse(run::cache_manifest(f.statement, f.key));
    change(manifest);
    return run::verified_cache_manifest(manifest.dump(), f.statement.key, {f.key.public_key()});
  };
  CHECK(changed([](json& m) { m["layers"][0]["digest"] = "sha256:00"; }).payload ==
        f.statement.payload);
  CHECK(changed([](json& m) {
          m["annotations"]["vnd.ingot.cache-entry.milliseconds"] = "999999";
        }).cost == f.statement.cost);
}

TEST_CASE("a result that nobody trusted has signed is refused with the reason", "[run]") {
  const Fixture f;
  CHECK(holds(f.refusal_after([](json& m) { m.erase("annotations"); }), "not signed"));
  CHECK(holds(f.refusal_after([](json& m) { m["annotations"].erase(bundle); }), "not signed"));
  CHECK(holds(f.refusal_after([](json& m) { m["annotations"][bundle] = 5; }), "not signed"));
  CHECK(holds(f.refusal_after([](json& m) { m["annotations"][bundle] = "{}"; }), "lacks"));
  CHECK(holds(f.refusal_of("no json"), "manifest"));
  CHECK(holds(f.refusal_of("[]"), "no object"));
  const crypto::PrivateKey foreign = crypto::PrivateKey::generate(crypto::KeyType::ec_p256);
  CHECK(holds(f.refusal_of(run::cache_manifest(f.statement, foreign)), "not trusted"));
  run::CacheStatement of_another = f.statement;
  of_another.key = crypto::digest_of("another");
  CHECK(holds(f.refusal_of(run::cache_manifest(of_another, f.key)), "another key"));
  CHECK(holds(f.refusal_after(
                  [&](json& m) { m["annotations"][bundle] = crypto::signed_bundle("{}", f.key); }),
              "lacks"));
}

TEST_CASE("a statement that was altered after it was signed is refused", "[run]") {
  const Fixture f;
  json manifest = json::parse(run::cache_manifest(f.statement, f.key));
  json envelope = json::parse(manifest["annotations"][bundle].get<std::string>());
  run::CacheStatement forged = f.statement;
  forged.payload.digest = crypto::digest_of("forged");
  const json other = json::parse(
      json::parse(run::cache_manifest(forged, f.other))["annotations"][bundle].get<std::string>());
  envelope["dsseEnvelope"]["payload"] = other["dsseEnvelope"]["payload"];
  manifest["annotations"][bundle] = envelope.dump();
  CHECK(holds(f.refusal_of(manifest.dump()), "does not hold"));
}
