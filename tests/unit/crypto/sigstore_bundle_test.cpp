// SPDX-License-Identifier: Apache-2.0
#include "crypto/sigstore_bundle.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using crypto::KeyType;
using crypto::PrivateKey;
using nlohmann::json;

namespace {

const std::string statement = R"({"_type":"https://in-toto.io/Statement/v1","subject":[]})";

const PrivateKey& key() {
  static const PrivateKey made = PrivateKey::generate(KeyType::ec_p256);
  return made;
}

std::string refusal_of(std::string_view bundle, const PrivateKey& trusted = key()) {
  try {
    (void)crypto::verified_statement(bundle, trusted.public_key());
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
    return error.message();
  }
  return "accepted";
}

/// The refusal of a genuine bundle after a change.
std::string refusal_after(const std::function<void(json&)>& change) {
  json bundle = json::parse(crypto::signed_bundle(statement, key()));
  change(bundle);
  return refusal_of(bundle.dump());
}

bool holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a bundle gives back the statement that was signed", "[crypto]") {
  const std::string bundle = crypto::signed_bundle(statement, key());
  CHECK(crypto::verified_statement(bundle, key().public_key()) == statement);
  const crypto::Envelope envelope = crypto::read_bundle(bundle);
  CHECK(envelope.key_id == key().public_key().key_id());
  CHECK(refusal_after([](json&) {}) == "accepted");
}

TEST_CASE("an RSA key can sign a bundle as well", "[crypto]") {
  const PrivateKey rsa = PrivateKey::generate(KeyType::rsa_2048);
  CHECK(refusal_of(crypto::signed_bundle(statement, rsa), rsa) == "accepted");
}

TEST_CASE("no bit of a bundle can change and still be accepted", "[crypto]") {
  std::string bundle = crypto::signed_bundle("{}", key());
  int accepted = 0;
  for (std::size_t i = 0; i < bundle.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      bundle[i] = static_cast<char>(bundle[i] ^ (1 << bit));
      // The last byte is the newline after the JSON text; as another blank it says the same.
      if (refusal_of(bundle) == "accepted" && i + 1 != bundle.size()) ++accepted;
      bundle[i] = static_cast<char>(bundle[i] ^ (1 << bit));
    }
  }
  CHECK(accepted == 0);
  CHECK(refusal_of(bundle) == "accepted");
}

TEST_CASE("a bundle cut off anywhere is refused", "[crypto]") {
  const std::string bundle = crypto::signed_bundle("{}", key());
  for (std::size_t size = 0; size + 1 < bundle.size(); ++size) {
    CHECK(refusal_of(bundle.substr(0, size)) != "accepted");
  }
}

TEST_CASE("exactly one signature is accepted", "[crypto]") {
  CHECK(holds(refusal_after([](json& b) { b["dsseEnvelope"]["signatures"] = json::array(); }),
              "no signature"));
  CHECK(holds(refusal_after([](json& b) {
                json& list = b["dsseEnvelope"]["signatures"];
                list.push_back(list[0]);
              }),
              "2 signatures"));
  CHECK(holds(refusal_after([](json& b) { b["dsseEnvelope"]["signatures"] = json::object(); }),
              "not a list"));
  CHECK(holds(refusal_after([](json& b) { b["dsseEnvelope"].erase("signatures"); }), "lacks"));
  CHECK(holds(refusal_after([](json& b) { b["dsseEnvelope"]["signatures"][0]["sig"] = ""; }),
              "empty"));
}

TEST_CASE("only the trusted key counts, whatever the bundle names", "[crypto]") {
  const PrivateKey other = PrivateKey::generate(KeyType::ec_p256);
  CHECK(holds(refusal_of(crypto::signed_bundle(statement, other)), "not the trusted key"));
  json bundle = json::parse(crypto::signed_bundle(statement, other));
  bundle["verificationMaterial"]["publicKey"]["hint"] = key().public_key().key_id();
  CHECK(holds(refusal_of(bundle.dump()), "different keys"));
  bundle["dsseEnvelope"]["signatures"][0]["keyid"] = key().public_key().key_id();
  CHECK(holds(refusal_of(bundle.dump()), "does not hold"));
  CHECK(holds(
      refusal_after([](json& b) { b["verificationMaterial"]["certificate"]["rawBytes"] = "AAAA"; }),
      "'certificate'"));
}

TEST_CASE("type, unknown fields and other forms are refused", "[crypto]") {
  CHECK(holds(refusal_after([](json& b) { b["dsseEnvelope"]["payloadType"] = "text/plain"; }),
              "payload type"));
  CHECK(holds(refusal_after([](json& b) { b["mediaType"] = "application/json"; }), "media type"));
  CHECK(holds(refusal_after([](json& b) { b["extra"] = 1; }), "'extra'"));
  CHECK(holds(refusal_after([](json& b) { b["messageSignature"] = json::object(); }),
              "'messageSignature'"));
  CHECK(holds(
      refusal_after([](json& b) { b["verificationMaterial"]["tlogEntries"] = json::array(); }),
      "'tlogEntries'"));
  CHECK(holds(refusal_after([](json& b) { b["dsseEnvelope"]["payload"] = 1; }), "not a string"));
  CHECK(holds(
      refusal_after([](json& b) { b["dsseEnvelope"]["PAYLOAD"] = b["dsseEnvelope"]["payload"]; }),
      "'PAYLOAD'"));
  CHECK(holds(refusal_of("[]"), "not an object"));
}

TEST_CASE("base64 in a bundle has one form", "[crypto]") {
  const auto payload_becomes = [](const std::function<std::string(std::string)>& change) {
    return refusal_after([&](json& b) {
      json& payload = b["dsseEnvelope"]["payload"];
      payload = change(payload.get<std::string>());
    });
  };
  CHECK(holds(payload_becomes([](std::string text) { return text + "\n"; }), "base64"));
  CHECK(holds(payload_becomes([](std::string text) { return text.insert(4, " "); }), "base64"));
  CHECK(holds(payload_becomes([](std::string text) { return text.substr(0, text.size() - 1); }),
              "base64"));
  CHECK(holds(payload_becomes([](std::string text) { return "____" + text; }), "base64"));
}

TEST_CASE("a key named twice and endless nesting are refused", "[crypto]") {
  std::string bundle = crypto::signed_bundle(statement, key());
  const std::string payload = R"("payload":)";
  bundle.insert(bundle.find(payload), R"("payload":"e30=",)");
  CHECK(holds(refusal_of(bundle), "twice"));
  CHECK(holds(refusal_of(std::string(100'000, '{')), "refused"));
  CHECK(holds(refusal_of(R"({"a":)" + std::string(1'000'000, '[')), "levels"));
  CHECK(holds(refusal_of(std::string(5'000'000, ' ')), "bytes"));
}
