// SPDX-License-Identifier: Apache-2.0
#include "run/key_files.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/certificate.hpp"
#include "crypto/hasher.hpp"
#include "crypto/key.hpp"
#include "os/file.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t year_2000 = 946'684'800;
/// RFC 5280, 4.1.2.5: 99991231235959Z stands for a certificate without an end.
constexpr std::int64_t no_end = 253'402'300'799;

void check_absent(const std::vector<fs::path>& paths) {
  for (const fs::path& path : paths) {
    std::error_code failed;
    if (fs::exists(fs::symlink_status(path, failed))) {
      throw Error(Fault::input, format("{} exists and is not overwritten; choose another folder "
                                       "with --out, or move the key away",
                                       path.string()));
    }
  }
}

/// A number of its own for each key: the kernel tells signers apart by issuer and serial number.
std::uint64_t serial_of(const crypto::PublicKey& key) {
  const Sha256 digest = crypto::digest_of(std::span<const std::uint8_t>(key.spki_der()));
  std::uint64_t serial = 0;
  for (std::size_t i = 0; i < 8; ++i) serial = (serial << 8) | digest.bytes()[i];
  return (serial >> 1) | 1;
}

}  // namespace

std::vector<fs::path> make_release_key(const fs::path& folder) {
  const std::vector<fs::path> paths{folder / "release.key", folder / "release.pub"};
  check_absent(paths);
  const auto key = crypto::PrivateKey::generate(crypto::KeyType::ec_p256);
  key.save(paths[0]);
  os::write_file(paths[1], key.public_key().pem());
  return paths;
}

std::vector<fs::path> make_module_key(const fs::path& folder, const std::string& common_name) {
  const std::vector<fs::path> paths{folder / "module.key", folder / "module.crt",
                                    folder / "module.der"};
  check_absent(paths);
  const auto key = crypto::PrivateKey::generate(crypto::KeyType::rsa_2048);
  const auto certificate =
      crypto::Certificate::self_signed(key, {.common_name = common_name,
                                             .serial = serial_of(key.public_key()),
                                             .not_before = year_2000,
                                             .not_after = no_end});
  key.save(paths[0]);
  os::write_file(paths[1], certificate.pem());
  const std::vector<std::uint8_t> der = certificate.der();
  os::write_file(paths[2], std::string(der.begin(), der.end()));
  return paths;
}

}  // namespace ingot::run
