// SPDX-License-Identifier: Apache-2.0
#include "crypto/module_signature.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "os/environment.hpp"
#include "os/file.hpp"
#include "os/process.hpp"
#include "support/catch.hpp"

using namespace ingot;
using crypto::Certificate;
using crypto::KeyType;
using crypto::PrivateKey;
namespace fs = std::filesystem;

namespace {

/// The first of the distribution's, or the named one.
fs::path sign_file() {
  const os::Environment environment = os::Environment::of_process();
  if (const auto named = environment.get("INGOT_TEST_SIGN_FILE")) return *named;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib", ignored)) {
    const fs::path program = entry.path() / "scripts/sign-file";
    if (entry.path().filename().string().starts_with("linux-kbuild-") && fs::exists(program)) {
      return program;
    }
  }
  std::printf("skipped: no sign-file; a package linux-kbuild-VERSION has it\n");
  std::fflush(stdout);
  std::_Exit(77);
}

std::string random_module(std::size_t size) {
  std::mt19937 random(static_cast<std::mt19937::result_type>(size));
  std::string bytes =
      "\x7f"
      "ELF";
  while (bytes.size() < size) bytes += static_cast<char>(random() & 0xff);
  return bytes;
}

}  // namespace

TEST_CASE("RSA signatures are those of the kernel's sign-file", "[crypto]") {
  const fs::path program = sign_file();
  const os::TempDir folder("sign file test");
  for (const KeyType type : {KeyType::rsa_2048, KeyType::rsa_4096}) {
    const PrivateKey key = PrivateKey::generate(type);
    const Certificate certificate =
        Certificate::self_signed(key, {.common_name = "ingot test, modules",
                                       .serial = 0xfedcba9876543210,
                                       .not_before = 946'684'800,
                                       .not_after = 253'402'300'799});
    key.save(folder.path() / "m.key");
    os::write_file(folder.path() / "m.crt", certificate.pem());
    for (const std::size_t size : {4U, 511U, 4096U, 3'000'001U}) {
      const fs::path module = folder.path() / "a module.ko";
      os::write_file(module, random_module(size));
      crypto::sign_module(module, folder.path() / "ours.ko", key, certificate);
      os::require(os::SystemRunner(), {.program = program.string(),
                                       .args = {"sha256", (folder.path() / "m.key").string(),
                                                (folder.path() / "m.crt").string(), module.string(),
                                                (folder.path() / "theirs.ko").string()},
                                       .why = "sign as the kernel does"});
      INFO(size);
      CHECK(os::read_file(folder.path() / "ours.ko") == os::read_file(folder.path() / "theirs.ko"));
      crypto::verify_module(folder.path() / "theirs.ko", certificate);
    }
  }
}

TEST_CASE("ECDSA signatures of sign-file verify", "[crypto]") {
  const fs::path program = sign_file();
  const os::TempDir folder("sign file test");
  const PrivateKey key = PrivateKey::generate(KeyType::ec_p256);
  const Certificate certificate = Certificate::self_signed(
      key, {.common_name = "ec", .serial = 1, .not_before = 0, .not_after = 4'000'000'000});
  key.save(folder.path() / "m.key");
  const std::vector<std::uint8_t> der = certificate.der();
  os::write_file(folder.path() / "m.der", std::string(der.begin(), der.end()));
  os::write_file(folder.path() / "m.ko", random_module(5000));
  os::require(os::SystemRunner(),
              {.program = program.string(),
               .args = {"sha512", (folder.path() / "m.key").string(),
                        (folder.path() / "m.der").string(), (folder.path() / "m.ko").string()},
               .why = "sign as the kernel does"});
  crypto::verify_module(folder.path() / "m.ko", certificate);
  const auto about = crypto::read_module_signature(folder.path() / "m.ko");
  REQUIRE(about);
  CHECK(about->digest_algorithm == "sha512");
  CHECK(about->issuer == "ec");
}
