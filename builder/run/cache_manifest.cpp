// SPDX-License-Identifier: Apache-2.0
#include "run/cache_manifest.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/sigstore_bundle.hpp"
#include "crypto/strict_json.hpp"

namespace ingot::run {
namespace {

using nlohmann::json;

constexpr std::string_view artifact_type = "application/vnd.ingot.cache-entry.v1";
constexpr std::string_view payload_type = "application/vnd.ingot.cache-entry.v1.tar+zstd";
constexpr std::string_view empty_type = "application/vnd.oci.empty.v1+json";
constexpr const char* bundle_annotation = "vnd.ingot.cache-entry.bundle";

nlohmann::ordered_json descriptor(std::string_view type, const Sha256& digest, std::uint64_t size) {
  return {{"mediaType", type}, {"digest", "sha256:" + digest.hex()}, {"size", size}};
}

std::string bundle_in(std::string_view manifest) {
  const json root = crypto::parse_strict_json(manifest, "the manifest");
  if (!root.is_object()) throw Error(Fault::verification, "its manifest is no object");
  const auto annotations = root.find("annotations");
  if (annotations != root.end() && annotations->is_object()) {
    const auto bundle = annotations->find(bundle_annotation);
    if (bundle != annotations->end() && bundle->is_string()) return bundle->get<std::string>();
  }
  throw Error(Fault::verification, "it is not signed");
}

}  // namespace

std::string cache_manifest(const CacheStatement& statement, const crypto::PrivateKey& key) {
  nlohmann::ordered_json root;
  root["schemaVersion"] = 2;
  root["mediaType"] = cache_manifest_type;
  root["artifactType"] = artifact_type;
  root["config"] = descriptor(empty_type, crypto::digest_of(empty_config), empty_config.size());
  root["layers"] = nlohmann::ordered_json::array(
      {descriptor(payload_type, statement.payload.digest, statement.payload.size)});
  // For people who look into the registry; nobody believes them.
  root["annotations"]["org.opencontainers.image.title"] = statement.step;
  root["annotations"]["vnd.ingot.cache-entry.milliseconds"] =
      std::to_string(statement.cost.count());
  root["annotations"][bundle_annotation] = crypto::signed_bundle(text_of(statement), key);
  return root.dump(1) + "\n";
}

CacheStatement verified_cache_manifest(std::string_view manifest, const Sha256& key,
                                       const std::vector<crypto::PublicKey>& trusted) {
  const crypto::Envelope envelope = crypto::read_bundle(bundle_in(manifest));
  const auto signer =
      std::find_if(trusted.begin(), trusted.end(),
                   [&](const crypto::PublicKey& one) { return one.key_id() == envelope.key_id; });
  if (signer == trusted.end())
    throw Error(Fault::verification,
                format("it is signed by key {}, which is not trusted here (--cache-key names those "
                       "that are)",
                       envelope.key_id.substr(0, 80)));
  crypto::verify_envelope(envelope, *signer);
  CacheStatement statement = parse_cache_statement(envelope.payload);
  if (statement.key != key)
    throw Error(Fault::verification,
                format("it is the result of another key, {}", statement.key.hex()));
  return statement;
}

}  // namespace ingot::run
