// SPDX-License-Identifier: Apache-2.0
// Signatures that the kernel expects at the end of a module, byte for byte what its sign-file
// makes: a PKCS#7 without certificate and attributes, twelve bytes of lengths, a marker line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/certificate.hpp"
#include "crypto/key.hpp"

namespace ingot::crypto {

/// The module with its signature. Fault::input when it already ends in one (strip it first), or
/// when key and certificate do not belong together.
std::string signed_module(std::string_view module, const PrivateKey& key,
                          const Certificate& certificate);

/// Signs `in` into `out` (may be the same file), which gets the mode of `in`.
void sign_module(const std::filesystem::path& in, const std::filesystem::path& out,
                 const PrivateKey& key, const Certificate& certificate);

struct ModuleSignature {
  std::string issuer;             ///< common name
  std::string serial;             ///< lower-case hexadecimal without leading zeros
  std::string digest_algorithm;   ///< "sha256"
  std::string key_algorithm;      ///< "rsaEncryption", "ecdsa-with-SHA256"
  std::uint64_t module_size = 0;  ///< without the signature
};

/// The signature at the end, nothing when there is no marker; Fault::verification when there is one
/// but what stands in front of it is damaged. Says nothing about validity.
std::optional<ModuleSignature> read_module_signature(std::string_view module);
std::optional<ModuleSignature> read_module_signature(const std::filesystem::path& path);

/// Throws Fault::verification unless `module` bears one signature by the key of `certificate` over
/// a SHA-2 digest.
void verify_module(std::string_view module, const Certificate& certificate);
void verify_module(const std::filesystem::path& path, const Certificate& certificate);

/// The module without the signature at its end, if any.
std::string_view without_signature(std::string_view module);

}  // namespace ingot::crypto
