// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <array>
#include <stdexcept>

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "signature.hpp"

namespace selftest_test {

namespace {

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* handle) const noexcept {
    Free(handle);
  }
};
template <class T, auto Free>
using Handle = std::unique_ptr<T, Release<Free>>;

template <class T>
T* checked(T* pointer) {
  if (pointer == nullptr) throw std::runtime_error("libcrypto failed");
  return pointer;
}

void checked(int answer) {
  if (answer <= 0) throw std::runtime_error("libcrypto failed");
}

const unsigned char* raw(const std::string& text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

template <class Encode>
std::string der_of(Encode encode) {
  unsigned char* bytes = nullptr;
  const int size = encode(&bytes);
  checked(size);
  std::string text(static_cast<const char*>(static_cast<const void*>(bytes)),
                   static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return text;
}

}  // namespace

struct Signer::State {
  Handle<EVP_PKEY, EVP_PKEY_free> key;
  Handle<X509, X509_free> x509;
  std::string der;
};

Signer::Signer(const std::string& common_name) : state_(std::make_unique<State>()) {
  state_->key.reset(checked(EVP_RSA_gen(2048)));
  state_->x509.reset(checked(X509_new()));
  X509* x509 = state_->x509.get();
  checked(X509_set_version(x509, X509_VERSION_3));
  checked(ASN1_INTEGER_set(X509_get_serialNumber(x509), 4660));
  checked(X509_gmtime_adj(X509_getm_notBefore(x509), 0));
  checked(X509_gmtime_adj(X509_getm_notAfter(x509), 3600L));
  X509_NAME* name = X509_get_subject_name(x509);
  checked(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, raw(common_name), -1, -1, 0));
  checked(X509_set_issuer_name(x509, name));
  checked(X509_set_pubkey(x509, state_->key.get()));
  X509V3_CTX context;
  X509V3_set_ctx(&context, x509, x509, nullptr, nullptr, 0);
  const Handle<X509_EXTENSION, X509_EXTENSION_free> key_id(
      checked(X509V3_EXT_conf_nid(nullptr, &context, NID_subject_key_identifier, "hash")));
  checked(X509_add_ext(x509, key_id.get(), -1));
  checked(X509_sign(x509, state_->key.get(), EVP_sha256()));
  state_->der = der_of([&](unsigned char** out) { return i2d_X509(x509, out); });
}

Signer::~Signer() = default;

const std::string& Signer::certificate() const { return state_->der; }

std::string Signer::certificate_sha256() const {
  return ingot::selftest::Certificate(ingot::selftest::octets_of(state_->der)).sha256();
}

std::string Signer::certificate_key_id() const {
  return ingot::selftest::Certificate(ingot::selftest::octets_of(state_->der)).key_id();
}

std::string Signer::sign(const std::string& content) const {
  const Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(checked(EVP_MD_CTX_new()));
  checked(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()));
  std::array<unsigned char, 512> signature{};
  std::size_t size = signature.size();
  checked(EVP_DigestSign(context.get(), signature.data(), &size, raw(content), content.size()));
  return {signature.begin(), signature.begin() + static_cast<std::ptrdiff_t>(size)};
}

std::string Signer::sign_cms(const std::string& content) const {
  const Handle<BIO, BIO_free> input(
      checked(BIO_new_mem_buf(content.data(), static_cast<int>(content.size()))));
  constexpr unsigned shape = CMS_NOCERTS | CMS_PARTIAL | CMS_BINARY | CMS_DETACHED | CMS_STREAM;
  const Handle<CMS_ContentInfo, CMS_ContentInfo_free> cms(
      checked(CMS_sign(nullptr, nullptr, nullptr, nullptr, shape)));
  constexpr unsigned signer = CMS_NOCERTS | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOATTR;
  checked(CMS_add1_signer(cms.get(), state_->x509.get(), state_->key.get(), EVP_sha256(), signer));
  checked(CMS_final(cms.get(), input.get(), nullptr, CMS_NOCERTS | CMS_BINARY));
  return der_of([&](unsigned char** out) { return i2d_CMS_ContentInfo(cms.get(), out); });
}

const Signer& module_key() {
  static const Signer signer("ingot development module key");
  return signer;
}

const Signer& other_key() {
  static const Signer signer("somebody else");
  return signer;
}

std::string signed_module_file(const std::string& content, const Signer& signer) {
  const std::string signature = signer.sign_cms(content);
  std::string record("\0\0\x02\0\0\0\0\0", 8);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    record += static_cast<char>(signature.size() >> shift & 0xffU);
  }
  return content + signature + record + "~Module signature appended~\n";
}

}  // namespace selftest_test
