// SPDX-License-Identifier: Apache-2.0
#include "signature.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "broken.hpp"

namespace ingot::selftest {

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* handle) const noexcept {
    Free(handle);
  }
};
template <class T, auto Free>
using Handle = std::unique_ptr<T, Release<Free>>;

namespace {

void free_text(char* text) noexcept { OPENSSL_free(text); }

std::string last_error() {
  std::string text;
  while (const unsigned long code = ERR_get_error()) {
    const char* reason = ERR_reason_error_string(code);
    if (text.empty() && reason != nullptr) text = reason;
  }
  return text.empty() ? "no reason given" : text;
}

const unsigned char* raw(Octets bytes) {
  return static_cast<const unsigned char*>(static_cast<const void*>(bytes.data()));
}

int int_size(Octets bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Broken("is larger than 2 GiB");
  }
  return static_cast<int>(bytes.size());
}

std::string common_name_of(const X509_NAME* name) {
  std::array<char, 256> text{};
  const int length = X509_NAME_get_text_by_NID(name, NID_commonName, text.data(), int{text.size()});
  return length > 0 ? std::string(text.data()) : std::string();
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return text;
}

std::string hex_of_integer(const ASN1_INTEGER* integer) {
  const Handle<BIGNUM, BN_free> number(ASN1_INTEGER_to_BN(integer, nullptr));
  if (!number) return {};
  const Handle<char, free_text> text(BN_bn2hex(number.get()));
  return text ? lower(text.get()) : std::string();
}

}  // namespace

struct Certificate::State {
  Handle<X509, X509_free> x509;
  std::string sha256;
};

Certificate::Certificate(Octets der) : state_(std::make_unique<State>()) {
  const unsigned char* start = raw(der);
  const int size = int_size(der);
  state_->x509.reset(d2i_X509(nullptr, &start, size));
  if (!state_->x509) throw Broken("the certificate cannot be read: " + last_error());
  if (start != raw(der) + size) throw Broken("the certificate has bytes after its end");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  if (EVP_Digest(raw(der), der.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) {
    throw Broken("SHA-256 failed: " + last_error());
  }
  state_->sha256 = hex_of(std::as_bytes(std::span(digest.data(), length)));
}

Certificate::~Certificate() = default;
Certificate::Certificate(Certificate&&) noexcept = default;
Certificate& Certificate::operator=(Certificate&&) noexcept = default;

std::string Certificate::common_name() const {
  return common_name_of(X509_get_subject_name(state_->x509.get()));
}

std::string Certificate::serial() const {
  return hex_of_integer(X509_get0_serialNumber(state_->x509.get()));
}

std::string Certificate::key_id() const {
  const ASN1_OCTET_STRING* id = X509_get0_subject_key_id(state_->x509.get());
  if (id == nullptr) return serial();
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(id));
  return hex_of(std::as_bytes(std::span(ASN1_STRING_get0_data(id), size)));
}

std::string Certificate::sha256() const { return state_->sha256; }

SignatureVerdict verify_cms(Octets cms, Octets content, const Certificate& certificate) {
  ERR_clear_error();
  const unsigned char* start = raw(cms);
  const Handle<CMS_ContentInfo, CMS_ContentInfo_free> info(
      d2i_CMS_ContentInfo(nullptr, &start, int_size(cms)));
  if (!info) throw Broken("has a signature that cannot be read: " + last_error());
  STACK_OF(CMS_SignerInfo)* signers = CMS_get0_SignerInfos(info.get());
  if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1) {
    throw Broken("has a signature that is not by exactly one signer");
  }
  CMS_SignerInfo* signer = sk_CMS_SignerInfo_value(signers, 0);
  SignatureVerdict verdict;
  ASN1_OCTET_STRING* key_id = nullptr;
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  CMS_SignerInfo_get0_signer_id(signer, &key_id, &issuer, &serial);
  if (issuer != nullptr) {
    verdict.signer = "'" + common_name_of(issuer) + "' serial " + hex_of_integer(serial);
  } else if (key_id != nullptr) {
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(key_id));
    verdict.signer = "key " + hex_of(std::as_bytes(std::span(ASN1_STRING_get0_data(key_id), size)));
  }
  X509* x509 = certificate.state().x509.get();
  verdict.by_certificate = CMS_SignerInfo_cert_cmp(signer, x509) == 0;
  if (!verdict.by_certificate) {
    verdict.error = "signed by another key: " + verdict.signer;
    return verdict;
  }
  const Handle<STACK_OF(X509), [](STACK_OF(X509) * stack) { sk_X509_free(stack); }> trusted(
      sk_X509_new_null());
  const Handle<BIO, BIO_free> input(BIO_new_mem_buf(content.data(), int_size(content)));
  if (!trusted || sk_X509_push(trusted.get(), x509) <= 0 || !input) {
    throw Broken("libcrypto is out of memory");
  }
  constexpr unsigned flags = CMS_BINARY | CMS_DETACHED | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY;
  verdict.valid = CMS_verify(info.get(), trusted.get(), nullptr, input.get(), nullptr, flags) == 1;
  if (!verdict.valid) verdict.error = "the signature does not hold: " + last_error();
  return verdict;
}

bool verify_rsa(Octets signature, Octets content, const Certificate& certificate) {
  ERR_clear_error();
  EVP_PKEY* key = X509_get0_pubkey(certificate.state().x509.get());
  if (key == nullptr || EVP_PKEY_base_id(key) != EVP_PKEY_RSA) {
    throw Broken("the certificate's key is no RSA key");
  }
  const Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  if (!context || EVP_DigestVerifyInit(context.get(), &options, EVP_sha256(), nullptr, key) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PADDING) != 1) {
    throw Broken("libcrypto cannot verify RSA: " + last_error());
  }
  const int answer = EVP_DigestVerify(context.get(), raw(signature), signature.size(), raw(content),
                                      content.size());
  ERR_clear_error();
  return answer == 1;
}

}  // namespace ingot::selftest
