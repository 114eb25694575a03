// SPDX-License-Identifier: Apache-2.0
#include "crypto/key.hpp"

#include <sys/stat.h>

#include <string>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using crypto::KeyType;
using crypto::PrivateKey;
using crypto::PublicKey;

namespace {

// Made with openssl for these tests; their private halves were not kept.
constexpr std::string_view rsa_1024 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC2aLftj+V10l6g5DaZiX+Fiu9O\n"
    "/iCYevMhAUvGRPDLcoHfZybGtAzRMsZcjKDg0DWWKO8kDYaQsBNJgjCayXsDfaeN\n"
    "JbDW8RrZAb6tAlgnXU1dDDJD20x3Egtr4L5ajsvRlESqlPpRXgyP+xpE67RrmQr7\n"
    "H02hcUTCt9tRFaX+TQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view p384 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEdsCE87ZEvZ8gZun7Pq9LKEqmPdNYWYJT\n"
    "vBEo6ue2abNfo0/XlqWFiODqqoFBjOtZpnwkWE/KlUf3E2M4/PPj5+2Uuws6nwRi\n"
    "iABU2I+gllUne+Q4uY1rFXoDRx3lU97V\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view p256_explicit =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n"
    "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n"
    "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n"
    "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n"
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n"
    "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABIk3W39PgT4OZsd9ng8DIMeh\n"
    "VqxIM/P8H4h25TRVLuvdQysuk5JoJZLx7eczyRdUpHhQDvEjjAk26ie7Yf9V8ZE=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view ed25519 =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAvwINgthCGSdyFLe6yDBNEZGLFpVKtclyo5faMyZEmZk=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view rsa_exponent_one =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIDANBgkqhkiG9w0BAQEFAAOCAQ0AMIIBCAKCAQEAo3Oea28elCE9qSKfBUVz\n"
    "67pPK9aP7ydlFvvqIF38HaoI8+RDHXlebFfo56RhGn2Q+ZkGECSDffn2BQU3AckY\n"
    "T23snaFfwtM5BYX1M67FTXIYFMBjMohqXCw/ga6M0YJwVFyv6qvoP4zXwwNmymgB\n"
    "Y/GQngMFhfjFNJqOSDs+PmOZ4TpxFpn0rXVKYl6s9sERQLTnfPQeJy/zobSRyXZB\n"
    "puxyU4CBxXntKurkV5h13NPxrZyxOpL1e77Vi6t8G3vAbUiTa9sPVVOqjKnGkzGX\n"
    "mA/Iq8RQTgctQ+oJrxyns5+S4QfPBbqNPyu078zrAkdlNHA7cUoRIV8wNkkrWyOz\n"
    "cQIBAQ==\n"
    "-----END PUBLIC KEY-----\n";

std::string refusal_of(std::string_view pem) {
  try {
    (void)PublicKey::from_pem(pem, "k.pub");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
    CHECK(error.message().find("k.pub") != std::string::npos);
    return error.message();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a signature holds for its message and key only", "[crypto]") {
  for (const KeyType type : {KeyType::ec_p256, KeyType::rsa_2048}) {
    const PrivateKey key = PrivateKey::generate(type);
    CHECK(key.type() == type);
    std::vector<std::uint8_t> signature = key.sign_sha256("message");
    CHECK(key.public_key().verifies("message", signature));
    CHECK_FALSE(key.public_key().verifies("messagf", signature));
    CHECK_FALSE(PrivateKey::generate(KeyType::ec_p256).public_key().verifies("message", signature));
    CHECK_FALSE(key.public_key().verifies("message", {}));
    std::vector<std::uint8_t> longer = signature;
    longer.push_back(0);
    CHECK_FALSE(key.public_key().verifies("message", longer));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      signature[i] ^= 1;
      CHECK_FALSE(key.public_key().verifies("message", signature));
      signature[i] ^= 1;
    }
  }
}

TEST_CASE("ECDSA signatures in other forms do not hold", "[crypto]") {
  const PublicKey key = PrivateKey::generate(KeyType::ec_p256).public_key();
  CHECK_FALSE(key.verifies("m", std::vector<std::uint8_t>{0x30, 6, 2, 1, 0, 2, 1, 0}));
  CHECK_FALSE(key.verifies("m", std::vector<std::uint8_t>{0x30, 6, 2, 1, 1, 2, 1, 0}));
  CHECK_FALSE(key.verifies("m", std::vector<std::uint8_t>(64, 1)));
  CHECK_FALSE(key.verifies("m", std::vector<std::uint8_t>{0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0}));
}

TEST_CASE("RSA signatures are the same each time", "[crypto]") {
  const PrivateKey key = PrivateKey::generate(KeyType::rsa_2048);
  CHECK(key.sign_sha256("message") == key.sign_sha256("message"));
}

TEST_CASE("keys survive their files", "[crypto]") {
  const os::TempDir folder("key test");
  const auto path = folder.path() / "a release.key";
  const PrivateKey key = PrivateKey::generate(KeyType::ec_p256);
  key.save(path);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  const PrivateKey again = PrivateKey::load(path);
  CHECK(again.public_key() == key.public_key());
  CHECK(PublicKey::from_pem(key.public_key().pem(), "it") == key.public_key());
  CHECK(key.public_key().key_id().size() == 44);
  CHECK(key.public_key().spki_der().size() == 91);

  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  try {
    (void)PrivateKey::load(path);
    FAIL("a readable private key was loaded");
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::input);
    CHECK(error.message().find("chmod 600") != std::string::npos);
  }
}

TEST_CASE("weak and foreign public keys are refused", "[crypto]") {
  CHECK(refusal_of(rsa_1024).find("1024 bits") != std::string::npos);
  CHECK(refusal_of(p384).find("P-256") != std::string::npos);
  CHECK(refusal_of(p256_explicit).find("P-256") != std::string::npos);
  CHECK(refusal_of(ed25519).find("neither") != std::string::npos);
  CHECK(refusal_of(rsa_exponent_one).find("not valid") != std::string::npos);
}

TEST_CASE("a key text is one block and nothing else", "[crypto]") {
  const PrivateKey key = PrivateKey::generate(KeyType::ec_p256);
  const std::string pem = key.public_key().pem();
  CHECK(refusal_of("\n" + pem + "\n") == "accepted");
  CHECK(refusal_of("x\n" + pem) != "accepted");
  CHECK(refusal_of(pem + "x") != "accepted");
  CHECK(refusal_of(pem + pem) != "accepted");
  CHECK(refusal_of("") != "accepted");
  CHECK(refusal_of("-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----") != "accepted");
  const os::TempDir folder("key test");
  key.save(folder.path() / "k");
  CHECK(refusal_of(os::read_file(folder.path() / "k")) != "accepted");
  CHECK_THROWS_AS(PrivateKey::from_pem(pem, "k"), Error);
}

TEST_CASE("a point off the curve and bytes after the key are refused", "[crypto]") {
  std::string pem = PrivateKey::generate(KeyType::ec_p256).public_key().pem();
  // The last character before the padding belongs to the point's y coordinate.
  const std::size_t at = pem.find("==");
  REQUIRE(at != std::string::npos);
  std::string off = pem;
  off[at - 3] = off[at - 3] == 'A' ? 'B' : 'A';
  CHECK(refusal_of(off) != "accepted");
  std::string more = pem;
  more.replace(at - 1, 3, "AAAA");
  CHECK(refusal_of(more) != "accepted");
}
