// SPDX-License-Identifier: Apache-2.0
#include "crypto/module_signature.hpp"

#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <array>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/openssl.hpp"
#include "crypto/x509_text.hpp"
#include "os/file.hpp"

namespace ingot::crypto {
namespace {

constexpr std::string_view marker = "~Module signature appended~\n";
// include/linux/module_signature.h: algo, hash, id_type, signer_len, key_id_len, three bytes of
// padding, and the length of the signature, big-endian.
constexpr std::size_t trailer_size = 12;
constexpr char id_type_pkcs7 = 2;
constexpr std::uint64_t largest_module = 1ULL << 30;

void free_cms(CMS_ContentInfo* cms) noexcept { CMS_ContentInfo_free(cms); }
using CmsHandle = CHandle<CMS_ContentInfo, free_cms>;
void free_certificate_list(stack_st_X509* list) noexcept { sk_X509_free(list); }
void free_bytes(unsigned char* bytes) noexcept { OPENSSL_free(bytes); }

struct Parts {
  std::string_view module;
  std::string_view signature;
};

[[noreturn]] void refuse(const std::string& reason) {
  throw_openssl(Fault::verification, "the module's signature is refused: " + reason);
}

/// Module and signature, nothing without a marker at the end.
std::optional<Parts> take_apart(std::string_view file) {
  if (!file.ends_with(marker)) return std::nullopt;
  std::string_view rest = file.substr(0, file.size() - marker.size());
  if (rest.size() < trailer_size) refuse("it is cut off");
  const std::string_view trailer = rest.substr(rest.size() - trailer_size);
  rest.remove_suffix(trailer_size);
  if (trailer.substr(0, 8) != std::string_view{"\0\0\2\0\0\0\0\0", 8}) {
    refuse("it is not of the PKCS#7 kind");
  }
  std::uint64_t size = 0;
  for (const char byte : trailer.substr(8)) size = (size << 8) | static_cast<unsigned char>(byte);
  if (size == 0 || size > rest.size()) refuse("its length is not that of the file");
  return Parts{rest.substr(0, rest.size() - size), rest.substr(rest.size() - size)};
}

/// The PKCS#7 structure in `der`, which must be its own canonical encoding.
CmsHandle cms_of(std::string_view der) {
  const std::vector<unsigned char> bytes(der.begin(), der.end());
  const unsigned char* at = bytes.data();
  CmsHandle cms(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(bytes.size())));
  if (!cms) refuse("it is no PKCS#7 structure");
  unsigned char* encoded = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &encoded);
  const CHandle<unsigned char, free_bytes> owner(encoded);
  if (size <= 0 || std::vector<unsigned char>(encoded, encoded + size) != bytes) {
    refuse("its encoding is not canonical");
  }
  if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed ||
      CMS_is_detached(cms.get()) != 1) {
    refuse("it is no detached signature");
  }
  return cms;
}

CMS_SignerInfo* only_signer(CMS_ContentInfo* cms) {
  const stack_st_CMS_SignerInfo* signers = CMS_get0_SignerInfos(cms);
  if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1) {
    refuse("it has not exactly one signer");
  }
  return sk_CMS_SignerInfo_value(signers, 0);
}

std::string algorithm_name(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  const char* name = OBJ_nid2ln(OBJ_obj2nid(object));
  return name != nullptr ? name : "unknown";
}

std::string pkcs7_of(std::string_view module, const PrivateKey& key,
                     const Certificate& certificate) {
  // The flags are those of the kernel's sign-file without options: the signer is named by issuer
  // and serial number, nothing depends on the time.
  const CmsHandle cms = required(
      CmsHandle(CMS_sign(nullptr, nullptr, nullptr, nullptr,
                         CMS_NOCERTS | CMS_PARTIAL | CMS_BINARY | CMS_DETACHED | CMS_STREAM)),
      "start a module signature");
  if (CMS_add1_signer(cms.get(), certificate.handle(), key.handle(), EVP_sha256(),
                      CMS_NOCERTS | CMS_BINARY | CMS_NOSMIMECAP | CMS_NOATTR) == nullptr) {
    throw_openssl(Fault::internal, "OpenSSL could not add the signer of a module");
  }
  const BioHandle content = reading_bio(module);
  require_one(CMS_final(cms.get(), content.get(), nullptr, CMS_NOCERTS | CMS_BINARY),
              "sign a module");
  const BioHandle der = memory_bio();
  require_one(i2d_CMS_bio(der.get(), cms.get()), "encode a module signature");
  return std::string(content_of(der.get()));
}

std::string read_module(const std::filesystem::path& path) {
  return os::read_file(path, largest_module);
}

}  // namespace

std::string signed_module(std::string_view module, const PrivateKey& key,
                          const Certificate& certificate) {
  if (!certificate.belongs_to(key)) {
    throw Error(Fault::input, format("the certificate '{}' does not belong to the module key",
                                     certificate.common_name()));
  }
  if (module.ends_with(marker)) {
    throw Error(Fault::input, "the module is signed already; strip that signature first");
  }
  const std::string signature = pkcs7_of(module, key, certificate);
  std::string result;
  result.reserve(module.size() + signature.size() + trailer_size + marker.size());
  result.append(module).append(signature);
  result.append({0, 0, id_type_pkcs7, 0, 0, 0, 0, 0});
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    result += static_cast<char>((signature.size() >> shift) & 0xff);
  }
  result.append(marker);
  return result;
}

void sign_module(const std::filesystem::path& in, const std::filesystem::path& out,
                 const PrivateKey& key, const Certificate& certificate) {
  during("signing " + in.string(), [&] {
    struct stat status {};
    if (::stat(in.c_str(), &status) != 0) throw_errno("reading " + in.string());
    os::write_file(out, signed_module(read_module(in), key, certificate), status.st_mode & 0777);
  });
}

std::optional<ModuleSignature> read_module_signature(std::string_view module) {
  const std::optional<Parts> parts = take_apart(module);
  if (!parts) return std::nullopt;
  const CmsHandle cms = cms_of(parts->signature);
  CMS_SignerInfo* signer = only_signer(cms.get());
  ModuleSignature result;
  result.module_size = parts->module.size();
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  if (CMS_SignerInfo_get0_signer_id(signer, nullptr, &issuer, &serial) != 1 || issuer == nullptr ||
      serial == nullptr) {
    refuse("its signer is not named by issuer and serial number");
  }
  result.issuer = common_name_of(issuer);
  result.serial = hex_of(serial);
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* algorithm = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &algorithm);
  result.digest_algorithm = algorithm_name(digest);
  result.key_algorithm = algorithm_name(algorithm);
  return result;
}

std::optional<ModuleSignature> read_module_signature(const std::filesystem::path& path) {
  return during("reading the signature of " + path.string(),
                [&] { return read_module_signature(std::string_view(read_module(path))); });
}

void verify_module(std::string_view module, const Certificate& certificate) {
  const std::optional<ModuleSignature> about = read_module_signature(module);
  if (!about) refuse("there is none");
  const Parts parts = *take_apart(module);
  if (parts.module.ends_with(marker)) refuse("there are two");
  const std::string& digest = about->digest_algorithm;
  if (digest != "sha256" && digest != "sha384" && digest != "sha512") {
    refuse("its digest is " + digest);
  }
  const CmsHandle cms = cms_of(parts.signature);
  const auto certificates = required(
      CHandle<stack_st_X509, free_certificate_list>(sk_X509_new_null()), "list certificates");
  if (sk_X509_push(certificates.get(), certificate.handle()) <= 0) {
    throw_openssl(Fault::internal, "OpenSSL could not list a certificate");
  }
  const BioHandle content = reading_bio(parts.module);
  // NOINTERN: a certificate inside the signature does not count.
  if (CMS_verify(cms.get(), certificates.get(), nullptr, content.get(), nullptr,
                 CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN | CMS_BINARY) != 1) {
    refuse(format("signer '{}', serial {}, checked against '{}'", about->issuer, about->serial,
                  certificate.common_name()));
  }
}

void verify_module(const std::filesystem::path& path, const Certificate& certificate) {
  during("verifying " + path.string(),
         [&] { verify_module(std::string_view(read_module(path)), certificate); });
}

std::string_view without_signature(std::string_view module) {
  const std::optional<Parts> parts = take_apart(module);
  return parts ? parts->module : module;
}

}  // namespace ingot::crypto
