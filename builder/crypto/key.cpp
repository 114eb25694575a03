// SPDX-License-Identifier: Apache-2.0
#include "crypto/key.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/base64.hpp"
#include "crypto/hasher.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"
#include "os/fd.hpp"
#include "os/file.hpp"

namespace ingot::crypto {
namespace {

void free_context(EVP_PKEY_CTX* context) noexcept { EVP_PKEY_CTX_free(context); }
using ContextHandle = CHandle<EVP_PKEY_CTX, free_context>;

void free_key_info(PKCS8_PRIV_KEY_INFO* info) noexcept { PKCS8_PRIV_KEY_INFO_free(info); }
using KeyInfoHandle = CHandle<PKCS8_PRIV_KEY_INFO, free_key_info>;

using DigestContext = CHandle<evp_md_ctx_st, free_digest_context>;

constexpr std::uint64_t largest_key_file = 64 * 1024;

/// RFC 5480: SubjectPublicKeyInfo of a named P-256 key with an uncompressed point, up to the point.
constexpr std::array<std::uint8_t, 27> p256_prefix = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};
constexpr std::size_t p256_size = p256_prefix.size() + 64;

std::vector<std::uint8_t> spki_of(const evp_pkey_st* key) {
  const int size = i2d_PUBKEY(key, nullptr);
  if (size <= 0) throw_openssl(Fault::internal, "OpenSSL could not encode a public key");
  std::vector<std::uint8_t> der(static_cast<std::size_t>(size));
  unsigned char* out = der.data();
  i2d_PUBKEY(key, &out);
  return der;
}

/// Why the public half of `key` cannot be trusted, or nothing. The curve is judged by the encoding,
/// so that explicit parameters cannot pass for P-256.
std::string weakness_of(evp_pkey_st* key) {
  const int type = EVP_PKEY_get_base_id(key);
  if (type == EVP_PKEY_EC) {
    const std::vector<std::uint8_t> der = spki_of(key);
    if (der.size() != p256_size ||
        !std::equal(p256_prefix.begin(), p256_prefix.end(), der.begin())) {
      return "its curve is not P-256 (named, uncompressed point)";
    }
  } else if (type == EVP_PKEY_RSA) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < 2048 || bits > 8192)
      return format("RSA of {} bits; 2048 to 8192 are accepted", bits);
  } else {
    return "it is neither ECDSA P-256 nor RSA";
  }
  const ContextHandle context =
      required(ContextHandle(EVP_PKEY_CTX_new(key, nullptr)), "check a key");
  if (EVP_PKEY_public_check(context.get()) == 1) return {};
  const std::string errors = drained_errors();
  return "it is not valid" + (errors.empty() ? errors : ": " + errors);
}

std::optional<KeyType> type_of(const evp_pkey_st* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) return KeyType::ec_p256;
  switch (EVP_PKEY_get_bits(key)) {
    case 2048:
      return KeyType::rsa_2048;
    case 3072:
      return KeyType::rsa_3072;
    case 4096:
      return KeyType::rsa_4096;
    default:
      return std::nullopt;
  }
}

KeyHandle share(evp_pkey_st* key) {
  require_one(EVP_PKEY_up_ref(key), "share a key");
  return KeyHandle(key);
}

}  // namespace

void free_key(evp_pkey_st* key) noexcept { EVP_PKEY_free(key); }

PublicKey::PublicKey(KeyHandle key) : key_(std::move(key)) {}

PublicKey PublicKey::from_pem(std::string_view pem, std::string_view name) {
  const SecretBytes block = pem_block(pem, "PUBLIC KEY", name, Fault::verification);
  const unsigned char* at = block.bytes().data();
  const unsigned char* end = at + block.bytes().size();
  KeyHandle key(d2i_PUBKEY(nullptr, &at, static_cast<long>(block.bytes().size())));
  if (!key) throw_openssl(Fault::verification, format("{} holds no public key", name));
  if (at != end) throw Error(Fault::verification, format("{} holds more than a key", name));
  const std::string weakness = weakness_of(key.get());
  if (!weakness.empty()) {
    throw Error(Fault::verification, format("the key in {} is refused: {}", name, weakness));
  }
  return PublicKey(std::move(key));
}

PublicKey PublicKey::load(const std::filesystem::path& path) {
  return from_pem(os::read_file(path, largest_key_file), path.string());
}

std::string PublicKey::pem() const { return pem_of(spki_der(), "PUBLIC KEY"); }

std::vector<std::uint8_t> PublicKey::spki_der() const { return spki_of(key_.get()); }

std::string PublicKey::key_id() const {
  return base64_of(
      std::span<const std::uint8_t>(digest_of(std::span<const std::uint8_t>(spki_der())).bytes()));
}

bool PublicKey::verifies(std::string_view message, std::span<const std::uint8_t> signature) const {
  const DigestContext context = required(DigestContext(EVP_MD_CTX_new()), "verify");
  require_one(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()),
              "start to verify");
  const std::vector<std::uint8_t> bytes(message.begin(), message.end());
  const int result = EVP_DigestVerify(context.get(), signature.data(), signature.size(),
                                      bytes.data(), bytes.size());
  if (result != 1) (void)drained_errors();  // why a forged signature is malformed is no news
  return result == 1;
}

bool PublicKey::operator==(const PublicKey& other) const { return spki_der() == other.spki_der(); }

PrivateKey PrivateKey::generate(KeyType type) {
  const auto rsa = [](unsigned bits) { return EVP_RSA_gen(bits); };
  KeyHandle key;
  switch (type) {
    case KeyType::ec_p256:
      key.reset(EVP_EC_gen("P-256"));
      break;
    case KeyType::rsa_2048:
      key.reset(rsa(2048));
      break;
    case KeyType::rsa_3072:
      key.reset(rsa(3072));
      break;
    case KeyType::rsa_4096:
      key.reset(rsa(4096));
      break;
  }
  return PrivateKey(required(std::move(key), "generate a key"));
}

PrivateKey PrivateKey::from_pem(std::string_view pem, std::string_view name) {
  if (pem.find("ENCRYPTED") != std::string_view::npos) {
    throw Error(Fault::unsupported, format("the key in {} is encrypted; decrypt it with 'openssl "
                                           "pkcs8' into a file of mode 0600",
                                           name));
  }
  const SecretBytes block = pem_block(pem, "PRIVATE KEY", name, Fault::input);
  const unsigned char* at = block.bytes().data();
  const unsigned char* end = at + block.bytes().size();
  const KeyInfoHandle info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(block.bytes().size())));
  if (!info || at != end) throw_openssl(Fault::input, format("{} holds no PKCS#8 key", name));
  KeyHandle key(EVP_PKCS82PKEY(info.get()));
  if (!key) throw_openssl(Fault::input, format("{} holds no usable key", name));
  const std::string weakness = weakness_of(key.get());
  if (!weakness.empty()) {
    throw Error(Fault::input, format("the key in {} is refused: {}", name, weakness));
  }
  if (!type_of(key.get())) {
    throw Error(Fault::input, format("the key in {} is refused: RSA keys that sign have 2048, 3072 "
                                     "or 4096 bits",
                                     name));
  }
  return PrivateKey(std::move(key));
}

PrivateKey PrivateKey::load(const std::filesystem::path& path) {
  const os::Fd fd = os::open_file(path, O_RDONLY);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno("reading " + path.string());
  if ((status.st_mode & 077) != 0) {
    throw Error(Fault::input, format("the private key {} can be read by others (mode {:04o}); run "
                                     "chmod 600 on it",
                                     path.string(), status.st_mode & 07777));
  }
  std::string pem = os::read_file(path, largest_key_file);
  struct Wipe {
    std::string& text;
    ~Wipe() { wipe(text); }
  } wipe_at_end{pem};
  return from_pem(pem, path.string());
}

void PrivateKey::save(const std::filesystem::path& path) const {
  const BioHandle bio = memory_bio();
  require_one(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr),
      "encode a private key");
  os::AtomicFile file(path, 0600);
  file.write(content_of(bio.get()));
  file.commit();
}

PublicKey PrivateKey::public_key() const { return PublicKey(share(key_.get())); }

KeyType PrivateKey::type() const {
  const std::optional<KeyType> type = type_of(key_.get());
  if (!type) throw Error(Fault::internal, "a key of a type that was refused at its loading");
  return *type;
}

std::vector<std::uint8_t> PrivateKey::sign_sha256(std::string_view message) const {
  const DigestContext context = required(DigestContext(EVP_MD_CTX_new()), "sign");
  require_one(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()),
              "start to sign");
  require_one(EVP_DigestSignUpdate(context.get(), message.data(), message.size()), "sign");
  std::size_t size = 0;
  require_one(EVP_DigestSignFinal(context.get(), nullptr, &size), "sign");
  std::vector<std::uint8_t> signature(size);
  require_one(EVP_DigestSignFinal(context.get(), signature.data(), &size), "sign");
  signature.resize(size);
  return signature;
}

}  // namespace ingot::crypto
