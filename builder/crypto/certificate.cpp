// SPDX-License-Identifier: Apache-2.0
#include "crypto/certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"
#include "crypto/hasher.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"
#include "crypto/x509_text.hpp"
#include "os/file.hpp"

namespace ingot::crypto {
namespace {

void free_extension(X509_EXTENSION* extension) noexcept { X509_EXTENSION_free(extension); }

void add_extension(X509* certificate, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const auto extension = required(
      CHandle<X509_EXTENSION, free_extension>(X509V3_EXT_conf_nid(nullptr, &context, nid, value)),
      "make a certificate extension");
  require_one(X509_add_ext(certificate, extension.get(), -1), "add a certificate extension");
}

void set_time(ASN1_TIME* field, std::int64_t unix_time) {
  if (ASN1_TIME_set(field, static_cast<time_t>(unix_time)) == nullptr) {
    throw_openssl(Fault::input, format("{} cannot be a certificate's date", unix_time));
  }
}

}  // namespace

void free_certificate(x509_st* certificate) noexcept { X509_free(certificate); }

Certificate::Certificate(CertificateHandle certificate) : certificate_(std::move(certificate)) {}

Certificate Certificate::self_signed(const PrivateKey& key, const CertificateTerms& terms) {
  if (terms.common_name.empty() || terms.common_name.size() > 64) {
    throw Error(Fault::input, "a certificate's common name has 1 to 64 bytes");
  }
  if (terms.serial == 0 || terms.not_after <= terms.not_before) {
    throw Error(Fault::input, "a certificate needs a serial number and an end after its start");
  }
  CertificateHandle handle = required(CertificateHandle(X509_new()), "make a certificate");
  X509* certificate = handle.get();
  require_one(X509_set_version(certificate, X509_VERSION_3), "set a certificate's version");
  require_one(ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), terms.serial),
              "set a certificate's serial number");
  set_time(X509_getm_notBefore(certificate), terms.not_before);
  set_time(X509_getm_notAfter(certificate), terms.not_after);
  X509_NAME* name = X509_get_subject_name(certificate);
  const std::vector<unsigned char> text(terms.common_name.begin(), terms.common_name.end());
  if (X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8, text.data(),
                                 static_cast<int>(text.size()), -1, 0) != 1) {
    throw_openssl(Fault::input, format("'{}' cannot be a common name", terms.common_name));
  }
  require_one(X509_set_issuer_name(certificate, name), "set a certificate's issuer");
  require_one(X509_set_pubkey(certificate, key.handle()), "set a certificate's key");
  add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, NID_key_usage, "digitalSignature");
  add_extension(certificate, NID_ext_key_usage, "codeSigning");
  add_extension(certificate, NID_subject_key_identifier, "hash");
  add_extension(certificate, NID_authority_key_identifier, "keyid:always");
  if (X509_sign(certificate, key.handle(), EVP_sha256()) <= 0) {
    throw_openssl(Fault::internal, "OpenSSL could not sign a certificate");
  }
  return Certificate(std::move(handle));
}

Certificate Certificate::parse(std::string_view bytes, std::string_view name) {
  const bool is_pem = trimmed(bytes).starts_with("-----BEGIN");
  const SecretBytes block =
      is_pem ? pem_block(bytes, "CERTIFICATE", name, Fault::input)
             : SecretBytes(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
  const unsigned char* at = block.bytes().data();
  const unsigned char* end = at + block.bytes().size();
  CertificateHandle certificate(d2i_X509(nullptr, &at, static_cast<long>(block.bytes().size())));
  if (!certificate) throw_openssl(Fault::input, format("{} holds no certificate", name));
  if (at != end) throw Error(Fault::input, format("{} holds more than a certificate", name));
  return Certificate(std::move(certificate));
}

Certificate Certificate::load(const std::filesystem::path& path) {
  return parse(os::read_file(path, 256 * 1024), path.string());
}

std::string Certificate::pem() const { return pem_of(der(), "CERTIFICATE"); }

std::vector<std::uint8_t> Certificate::der() const {
  const int size = i2d_X509(certificate_.get(), nullptr);
  if (size <= 0) throw_openssl(Fault::internal, "OpenSSL could not encode a certificate");
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  unsigned char* out = bytes.data();
  i2d_X509(certificate_.get(), &out);
  return bytes;
}

std::string Certificate::common_name() const {
  return common_name_of(X509_get_subject_name(certificate_.get()));
}

std::string Certificate::serial() const {
  return hex_of(X509_get0_serialNumber(certificate_.get()));
}

Sha256 Certificate::fingerprint() const { return digest_of(std::span<const std::uint8_t>(der())); }

bool Certificate::belongs_to(const PrivateKey& key) const {
  const bool same = X509_check_private_key(certificate_.get(), key.handle()) == 1;
  if (!same) (void)drained_errors();
  return same;
}

}  // namespace ingot::crypto
