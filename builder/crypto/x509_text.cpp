// SPDX-License-Identifier: Apache-2.0
#include "crypto/x509_text.hpp"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>

#include "crypto/openssl.hpp"

namespace ingot::crypto {
namespace {

void free_number(BIGNUM* number) noexcept { BN_free(number); }
void free_text(char* text) noexcept { OPENSSL_free(text); }
void free_bytes(unsigned char* bytes) noexcept { OPENSSL_free(bytes); }

}  // namespace

std::string hex_of(const asn1_string_st* integer) {
  const auto number =
      required(CHandle<BIGNUM, free_number>(ASN1_INTEGER_to_BN(integer, nullptr)), "read a number");
  const auto hex = required(CHandle<char, free_text>(BN_bn2hex(number.get())), "print a number");
  std::string text;
  for (const char* at = hex.get(); *at != '\0'; ++at) {
    if (text.empty() && *at == '0') continue;
    text += *at >= 'A' && *at <= 'F' ? static_cast<char>(*at - 'A' + 'a') : *at;
  }
  return text.empty() ? "0" : text;
}

std::string common_name_of(const X509_name_st* name) {
  const int index = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  if (index < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size =
      ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index)));
  const CHandle<unsigned char, free_bytes> owner(utf8);
  if (size < 0) throw_openssl(Fault::verification, "a common name is damaged");
  return std::string(utf8, utf8 + size);
}

}  // namespace ingot::crypto
