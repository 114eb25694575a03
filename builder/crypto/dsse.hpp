// SPDX-License-Identifier: Apache-2.0
// Dead Simple Signing Envelope v1: what is signed is the payload together with its type.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key.hpp"

namespace ingot::crypto {

/// A payload with exactly one signature.
struct Envelope {
  std::string payload_type;
  std::string payload;
  std::vector<std::uint8_t> signature;
  std::string key_id;
};

/// The bytes that are signed: "DSSEv1 LEN TYPE LEN PAYLOAD".
std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload);

Envelope sign_envelope(std::string payload_type, std::string payload, const PrivateKey& key);

/// Throws Fault::verification unless the envelope names `key` and its signature holds.
void verify_envelope(const Envelope& envelope, const PublicKey& key);

}  // namespace ingot::crypto
