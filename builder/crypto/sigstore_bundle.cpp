// SPDX-License-Identifier: Apache-2.0
#include "crypto/sigstore_bundle.hpp"

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/base64.hpp"
#include "crypto/strict_json.hpp"

namespace ingot::crypto {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& reason) {
  throw Error(Fault::verification, "the signature bundle is refused: " + reason);
}

/// The object at `where` holds these keys and no others: readers of protobuf JSON refuse unknown
/// fields, and what we do not know might be a second identity.
const json& exact_object(const json& value, std::string_view where,
                         std::initializer_list<std::string_view> keys) {
  if (!value.is_object()) refuse(format("{} is not an object", where));
  for (const auto& [key, ignored] : value.items()) {
    bool known = false;
    for (const std::string_view name : keys) known = known || key == name;
    if (!known) refuse(format("{} holds '{}', which is not accepted", where, key.substr(0, 80)));
  }
  for (const std::string_view name : keys) {
    if (!value.contains(name)) refuse(format("{} lacks '{}'", where, name));
  }
  return value;
}

std::string text_at(const json& object, const char* key) {
  const json& value = object.at(key);
  if (!value.is_string()) refuse(format("'{}' is not a string", key));
  return value.get<std::string>();
}

std::vector<std::uint8_t> bytes_at(const json& object, const char* key) {
  std::optional<std::vector<std::uint8_t>> bytes = bytes_of_base64(text_at(object, key));
  if (!bytes) refuse(format("'{}' is not canonical base64", key));
  return *std::move(bytes);
}

}  // namespace

std::string signed_bundle(std::string statement, const PrivateKey& key) {
  const Envelope envelope =
      sign_envelope(std::string(statement_payload_type), std::move(statement), key);
  nlohmann::ordered_json bundle;
  bundle["mediaType"] = bundle_media_type;
  bundle["verificationMaterial"]["publicKey"]["hint"] = envelope.key_id;
  nlohmann::ordered_json& dsse = bundle["dsseEnvelope"];
  dsse["payload"] = base64_of(std::string_view(envelope.payload));
  dsse["payloadType"] = envelope.payload_type;
  dsse["signatures"] = nlohmann::ordered_json::array();
  nlohmann::ordered_json signature;
  signature["sig"] = base64_of(std::span<const std::uint8_t>(envelope.signature));
  signature["keyid"] = envelope.key_id;
  dsse["signatures"].push_back(std::move(signature));
  return bundle.dump() + "\n";
}

Envelope read_bundle(std::string_view bundle) {
  const json root = parse_strict_json(bundle, "the signature bundle");
  exact_object(root, "the bundle", {"mediaType", "verificationMaterial", "dsseEnvelope"});
  if (text_at(root, "mediaType") != bundle_media_type) {
    refuse(format("its media type is not {}", bundle_media_type));
  }
  const json& material =
      exact_object(root.at("verificationMaterial"), "verificationMaterial", {"publicKey"});
  const json& public_key = exact_object(material.at("publicKey"), "publicKey", {"hint"});
  const json& dsse = exact_object(root.at("dsseEnvelope"), "dsseEnvelope",
                                  {"payload", "payloadType", "signatures"});
  const json& signatures = dsse.at("signatures");
  if (!signatures.is_array()) refuse("'signatures' is not a list");
  if (signatures.empty()) refuse("it bears no signature");
  if (signatures.size() != 1) {
    refuse(format("it bears {} signatures, exactly one is accepted", signatures.size()));
  }
  const json& signature = exact_object(signatures.at(0), "the signature", {"sig", "keyid"});

  Envelope envelope;
  envelope.payload_type = text_at(dsse, "payloadType");
  if (envelope.payload_type != statement_payload_type) {
    refuse(format("its payload type is not {}", statement_payload_type));
  }
  const std::vector<std::uint8_t> payload = bytes_at(dsse, "payload");
  envelope.payload.assign(payload.begin(), payload.end());
  envelope.signature = bytes_at(signature, "sig");
  if (envelope.signature.empty()) refuse("its signature is empty");
  envelope.key_id = text_at(signature, "keyid");
  if (text_at(public_key, "hint") != envelope.key_id) {
    refuse("the key hint and the signature name different keys");
  }
  return envelope;
}

std::string verified_statement(std::string_view bundle, const PublicKey& key) {
  Envelope envelope = read_bundle(bundle);
  verify_envelope(envelope, key);
  return std::move(envelope.payload);
}

}  // namespace ingot::crypto
