// SPDX-License-Identifier: Apache-2.0
#include "crypto/key_fingerprint.hpp"

#include <array>

#include <openssl/evp.h>

#include "base/error.hpp"
#include "base/format.hpp"

namespace ingot::crypto {

std::string key_fingerprint(std::string_view packet) {
  if (packet.size() > 0xFFFF)
    throw Error(Fault::input, "a public key is longer than its format allows");
  std::string hashed = "\x99";
  hashed += static_cast<char>(packet.size() >> 8);
  hashed += static_cast<char>(packet.size() & 0xFF);
  hashed += packet;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(hashed.data(), hashed.size(), digest.data(), &size, EVP_sha1(), nullptr) != 1)
    throw Error(Fault::environment, "OpenSSL computes no SHA-1 here, which names OpenPGP keys");
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += format("{:02X}", digest[i]);
  return text;
}

}  // namespace ingot::crypto
