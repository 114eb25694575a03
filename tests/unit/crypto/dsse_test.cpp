// SPDX-License-Identifier: Apache-2.0
#include "crypto/dsse.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace ingot;
using crypto::Envelope;
using crypto::KeyType;
using crypto::PrivateKey;

TEST_CASE("the pre-authentication encoding is the example of the DSSE protocol", "[crypto]") {
  CHECK(crypto::pre_authentication_encoding("http://example.com/HelloWorld", "hello world") ==
        "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  CHECK(crypto::pre_authentication_encoding("", "") == "DSSEv1 0  0 ");
}

TEST_CASE("an envelope holds for its type, payload and key", "[crypto]") {
  const PrivateKey key = PrivateKey::generate(KeyType::ec_p256);
  const Envelope envelope = crypto::sign_envelope("type", "payload", key);
  crypto::verify_envelope(envelope, key.public_key());

  Envelope changed = envelope;
  changed.payload += " ";
  CHECK_THROWS_AS(crypto::verify_envelope(changed, key.public_key()), Error);
  changed = envelope;
  changed.payload_type = "typo";
  CHECK_THROWS_AS(crypto::verify_envelope(changed, key.public_key()), Error);

  const PrivateKey other = PrivateKey::generate(KeyType::ec_p256);
  CHECK_THROWS_AS(crypto::verify_envelope(envelope, other.public_key()), Error);
  // A hint that names the trusted key does not make another key's signature good.
  changed = crypto::sign_envelope("type", "payload", other);
  changed.key_id = key.public_key().key_id();
  CHECK_THROWS_AS(crypto::verify_envelope(changed, key.public_key()), Error);
}
