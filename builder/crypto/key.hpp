// SPDX-License-Identifier: Apache-2.0
// Signing keys: ECDSA P-256 for statements, RSA for what firmware and kernel check.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/handle.hpp"

struct evp_pkey_st;

namespace ingot::crypto {

void free_key(evp_pkey_st* key) noexcept;
using KeyHandle = CHandle<evp_pkey_st, free_key>;

enum class KeyType { ec_p256, rsa_2048, rsa_3072, rsa_4096 };

class PublicKey {
public:
  /// A SubjectPublicKeyInfo in PEM, and nothing else in the text. Fault::verification for anything
  /// but a valid point on P-256 and sound RSA of 2048 to 8192 bits; `name` is for messages.
  static PublicKey from_pem(std::string_view pem, std::string_view name);
  static PublicKey load(const std::filesystem::path& path);

  std::string pem() const;
  std::vector<std::uint8_t> spki_der() const;
  /// Base64 of the SHA-256 of the SubjectPublicKeyInfo, as Sigstore tools name keys.
  std::string key_id() const;
  /// Whether `signature` (DER ECDSA, or RSA PKCS#1 v1.5) over SHA-256 of `message` holds.
  bool verifies(std::string_view message, std::span<const std::uint8_t> signature) const;
  bool operator==(const PublicKey& other) const;

private:
  friend class PrivateKey;
  friend class Certificate;
  explicit PublicKey(KeyHandle key);
  std::shared_ptr<evp_pkey_st> key_;
};

/// OpenSSL wipes the key's memory when the last owner goes.
class PrivateKey {
public:
  static PrivateKey generate(KeyType type);
  /// An unencrypted PKCS#8 key of one of the types above. Fault::input for other content.
  static PrivateKey from_pem(std::string_view pem, std::string_view name);
  /// Refuses (Fault::input) a file that others than its owner may read.
  static PrivateKey load(const std::filesystem::path& path);

  /// PKCS#8 PEM, mode 0600, through an AtomicFile.
  void save(const std::filesystem::path& path) const;
  PublicKey public_key() const;
  KeyType type() const;
  /// DER ECDSA, or RSA PKCS#1 v1.5, over SHA-256 of `message`. ECDSA gives other bytes each time.
  std::vector<std::uint8_t> sign_sha256(std::string_view message) const;

  /// For this room's other files.
  evp_pkey_st* handle() const noexcept { return key_.get(); }

private:
  explicit PrivateKey(KeyHandle key) : key_(std::move(key)) {}
  KeyHandle key_;
};

}  // namespace ingot::crypto
