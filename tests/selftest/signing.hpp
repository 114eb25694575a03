// SPDX-License-Identifier: Apache-2.0
// Keys, certificates and signatures for fake images, made as the image builder makes them.
#pragma once

#include <memory>
#include <string>

namespace selftest_test {

/// A self-signed RSA key. Making one takes a moment: tests share `module_key()`.
class Signer {
public:
  explicit Signer(const std::string& common_name);
  ~Signer();
  const std::string& certificate() const;  ///< DER
  std::string certificate_sha256() const;
  std::string certificate_key_id() const;
  /// RSA PKCS#1 v1.5 over SHA-256.
  std::string sign(const std::string& content) const;
  /// Detached CMS without attributes and certificates, as the kernel's sign-file makes it.
  std::string sign_cms(const std::string& content) const;

private:
  struct State;
  std::unique_ptr<State> state_;
};

const Signer& module_key();
const Signer& other_key();

/// `content` with signature, record and marker behind it.
std::string signed_module_file(const std::string& content, const Signer& signer);

}  // namespace selftest_test
