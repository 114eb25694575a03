// SPDX-License-Identifier: Apache-2.0
#include "crypto/dsse.hpp"

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::crypto {

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
  return format("DSSEv1 {} {} {} {}", payload_type.size(), payload_type, payload.size(), payload);
}

Envelope sign_envelope(std::string payload_type, std::string payload, const PrivateKey& key) {
  Envelope envelope;
  envelope.signature = key.sign_sha256(pre_authentication_encoding(payload_type, payload));
  envelope.key_id = key.public_key().key_id();
  envelope.payload_type = std::move(payload_type);
  envelope.payload = std::move(payload);
  return envelope;
}

void verify_envelope(const Envelope& envelope, const PublicKey& key) {
  const std::string trusted = key.key_id();
  if (envelope.key_id != trusted) {
    throw Error(Fault::verification, format("signed by key {}, which is not the trusted key {}",
                                            envelope.key_id.substr(0, 80), trusted));
  }
  if (!key.verifies(pre_authentication_encoding(envelope.payload_type, envelope.payload),
                    envelope.signature)) {
    throw Error(Fault::verification, format("the signature by key {} does not hold", trusted));
  }
}

}  // namespace ingot::crypto
