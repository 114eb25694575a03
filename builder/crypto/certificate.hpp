// SPDX-License-Identifier: Apache-2.0
// X.509 certificates of module signing keys.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/handle.hpp"
#include "crypto/key.hpp"

struct x509_st;

namespace ingot::crypto {

void free_certificate(x509_st* certificate) noexcept;
using CertificateHandle = CHandle<x509_st, free_certificate>;

/// All that goes into a certificate: the same values and an RSA key give the same bytes.
struct CertificateTerms {
  std::string common_name;
  std::uint64_t serial = 1;     ///< not zero
  std::int64_t not_before = 0;  ///< seconds since 1970
  std::int64_t not_after = 0;
};

class Certificate {
public:
  /// A leaf for code signing: CA:FALSE, digitalSignature, codeSigning, subject and authority key
  /// identifiers (the kernel looks keys up by them).
  static Certificate self_signed(const PrivateKey& key, const CertificateTerms& terms);
  /// One certificate in PEM or DER, and nothing else. Fault::input otherwise.
  static Certificate parse(std::string_view bytes, std::string_view name);
  static Certificate load(const std::filesystem::path& path);

  std::string pem() const;
  std::vector<std::uint8_t> der() const;
  std::string common_name() const;
  /// Lower-case hexadecimal without leading zeros.
  std::string serial() const;
  /// Of the DER form.
  Sha256 fingerprint() const;
  bool belongs_to(const PrivateKey& key) const;

  /// For this room's other files.
  x509_st* handle() const noexcept { return certificate_.get(); }

private:
  explicit Certificate(CertificateHandle certificate);
  std::shared_ptr<x509_st> certificate_;
};

}  // namespace ingot::crypto
