// SPDX-License-Identifier: Apache-2.0
#include "crypto/module_signature.hpp"

#include <sys/stat.h>

#include <string>

#include "base/error.hpp"
#include "os/file.hpp"
#include "support/catch.hpp"

using namespace ingot;
using crypto::Certificate;
using crypto::KeyType;
using crypto::PrivateKey;
using namespace std::string_literals;

namespace {

struct Signer {
  PrivateKey key;
  Certificate certificate;

  explicit Signer(KeyType type, std::string name = "signer")
      : key(PrivateKey::generate(type)),
        certificate(Certificate::self_signed(key, {.common_name = std::move(name),
                                                   .serial = 77,
                                                   .not_before = 0,
                                                   .not_after = 4'000'000'000})) {}
};

const std::string module =
    "\x7f"
    "ELF and the rest of a module\n\r\n\0 with all bytes"s;

bool holds(std::string_view file, const Certificate& certificate) {
  try {
    crypto::verify_module(file, certificate);
    return true;
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::verification);
    return false;
  }
}

}  // namespace

TEST_CASE("a signed module names its signer and verifies", "[crypto]") {
  for (const KeyType type : {KeyType::rsa_2048, KeyType::ec_p256}) {
    const Signer signer(type);
    const std::string file = crypto::signed_module(module, signer.key, signer.certificate);
    const auto about = crypto::read_module_signature(std::string_view(file));
    REQUIRE(about);
    CHECK(about->issuer == "signer");
    CHECK(about->serial == "4d");
    CHECK(about->digest_algorithm == "sha256");
    CHECK(about->module_size == module.size());
    CHECK(crypto::without_signature(file) == module);
    CHECK(holds(file, signer.certificate));
    CHECK_FALSE(holds(file, Signer(type).certificate));
    CHECK_FALSE(holds(module, signer.certificate));
  }
}

TEST_CASE("RSA module signatures are the same each time", "[crypto]") {
  const Signer signer(KeyType::rsa_2048);
  CHECK(crypto::signed_module(module, signer.key, signer.certificate) ==
        crypto::signed_module(module, signer.key, signer.certificate));
}

TEST_CASE("a changed bit of module, signature value or trailer is noticed", "[crypto]") {
  const Signer signer(KeyType::rsa_2048);
  std::string file = crypto::signed_module(module, signer.key, signer.certificate);
  // Version numbers and algorithm lists of PKCS#7 are not signed: there a change may pass, but it
  // must not crash. The signature value is the last of the structure.
  const std::size_t value = file.size() - 28 - 12 - 256;
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const int bit : {0, 3, 7}) {
      file[i] = static_cast<char>(file[i] ^ (1 << bit));
      const bool accepted = holds(file, signer.certificate);
      INFO(i);
      if (i < module.size() || i >= value) CHECK_FALSE(accepted);
      file[i] = static_cast<char>(file[i] ^ (1 << bit));
    }
  }
  CHECK(holds(file, signer.certificate));
}

TEST_CASE("a signature of another module does not hold", "[crypto]") {
  const Signer signer(KeyType::rsa_2048);
  const std::string file = crypto::signed_module(module, signer.key, signer.certificate);
  CHECK_FALSE(holds("other" + file.substr(module.size()), signer.certificate));
}

TEST_CASE("hostile trailers are refused without a crash", "[crypto]") {
  const Signer signer(KeyType::rsa_2048);
  const std::string file = crypto::signed_module(module, signer.key, signer.certificate);
  const std::string marker = "~Module signature appended~\n";
  const auto with_length = [&](std::string_view length) {
    std::string changed = file;
    changed.replace(changed.size() - marker.size() - 4, 4, length);
    return changed;
  };
  CHECK_FALSE(holds(with_length("\xff\xff\xff\xff"), signer.certificate));
  CHECK_FALSE(holds(with_length({"\0\0\0\0", 4}), signer.certificate));
  CHECK_FALSE(holds(with_length({"\0\0\0\1", 4}), signer.certificate));
  CHECK_FALSE(holds(marker, signer.certificate));
  CHECK_FALSE(holds("\0\0\2\0\0\0\0\0\0\0\0\1"s + marker, signer.certificate));
  CHECK_FALSE(holds(file.substr(1), signer.certificate));

  SECTION("two signatures, one behind the other") {
    const std::string trailer = file.substr(module.size());
    CHECK_FALSE(holds(file + trailer, signer.certificate));
  }
}

TEST_CASE("a module is not signed twice, nor with a foreign certificate", "[crypto]") {
  const Signer signer(KeyType::rsa_2048);
  const Signer other(KeyType::rsa_2048);
  const std::string file = crypto::signed_module(module, signer.key, signer.certificate);
  CHECK_THROWS_AS(crypto::signed_module(file, signer.key, signer.certificate), Error);
  CHECK_THROWS_AS(crypto::signed_module(module, signer.key, other.certificate), Error);
}

TEST_CASE("a module file is signed in place and keeps its mode", "[crypto]") {
  const os::TempDir folder("module test");
  const auto path = folder.path() / "a module.ko";
  os::write_file(path, module, 0640);
  const Signer signer(KeyType::rsa_2048);
  crypto::sign_module(path, path, signer.key, signer.certificate);
  crypto::verify_module(path, signer.certificate);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
  CHECK(crypto::read_module_signature(path)->module_size == module.size());
}
