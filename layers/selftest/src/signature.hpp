// SPDX-License-Identifier: Apache-2.0
// Signatures and certificates; the only file that speaks to libcrypto.
#pragma once

#include <memory>
#include <string>

#include "file.hpp"

namespace ingot::selftest {

/// An X.509 certificate in DER.
class Certificate {
public:
  /// Throws Broken when `der` is no certificate, or has bytes after it.
  explicit Certificate(Octets der);
  ~Certificate();
  Certificate(Certificate&&) noexcept;
  Certificate& operator=(Certificate&&) noexcept;

  std::string common_name() const;
  std::string serial() const;  ///< lower-case hex
  /// As the kernel prints it in /proc/keys: the subject key id, else the serial number, in hex.
  std::string key_id() const;
  std::string sha256() const;  ///< of the DER, hex

  struct State;
  const State& state() const noexcept { return *state_; }

private:
  std::unique_ptr<State> state_;
};

/// Who a detached CMS signature names as its signer, and whether it holds.
struct SignatureVerdict {
  std::string signer;  ///< issuer's common name and serial, or the key id
  bool by_certificate = false;
  bool valid = false;
  std::string error;  ///< why not valid
};

/// Checks a detached CMS signature over `content` against `certificate` alone (no chain, no dates:
/// the kernel looks at neither). Throws Broken when `cms` is no CMS signature by one signer.
SignatureVerdict verify_cms(Octets cms, Octets content, const Certificate& certificate);

/// Whether `signature` is an RSA PKCS#1 v1.5 signature over the SHA-256 of `content`.
bool verify_rsa(Octets signature, Octets content, const Certificate& certificate);

}  // namespace ingot::selftest
