// SPDX-License-Identifier: Apache-2.0
// A release folder: files, SHA256SUMS, and the signed in-toto statement that binds each name to
// its size, digest and role.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hasher.hpp"
#include "crypto/key.hpp"

namespace ingot::run {

inline constexpr std::string_view release_bundle_name = "release.sigstore.json";
inline constexpr std::string_view release_sums_name = "SHA256SUMS";
inline constexpr std::string_view release_key_name = "release.pub";
inline constexpr std::string_view release_predicate_type =
    "https://ingot.example/attestations/release/v1";

struct ReleaseFile {
  std::string name;        ///< of a file in the release folder
  std::string role;        ///< "rootfs", "kernel", "initrd", "uki", "root", "disk", "agreement" ...
  std::string media_type;  ///< "application/zstd"
  /// Size and digest where whoever wrote the file knows them; the file is then not read again.
  std::optional<crypto::FileDigest> measured;
};

struct ReleaseFacts {
  std::string product;  ///< the image's name
  std::string version;
  std::int64_t created = 0;  ///< SOURCE_DATE_EPOCH
  std::string arch;          ///< "amd64"
  std::string kernel_release;
  std::string kernel_package;
  std::string driver_version;  ///< empty: no NVIDIA driver in the image
  std::string driver_flavour;
  std::string containerd_version;  ///< empty: none in the image
};

enum class KeyOrigin { release, development };

/// Writes release.pub, SHA256SUMS (every file but itself and the bundle) and release.sigstore.json
/// into `folder`, which holds all `files`. Fault::input for names that verify_release() would
/// refuse.
void write_release(const std::filesystem::path& folder, const ReleaseFacts& facts,
                   std::vector<ReleaseFile> files, const crypto::PrivateKey& key, KeyOrigin origin);

struct VerifyOptions {
  bool allow_development = false;  ///< accept a release that a development key signed
  bool strict = false;             ///< unlisted files are failures
};

struct VerifiedRelease {
  ReleaseFacts facts;
  bool development = false;
  std::string key_id;
  std::vector<ReleaseFile> files;     ///< all with `measured`
  std::vector<std::string> warnings;  ///< unlisted files, and the like
};

/// Checks signature, statement and every file. Without `key` only development releases can be
/// accepted, by the release.pub in the folder, and only with allow_development. Throws
/// Fault::verification with one line for each file that is wrong.
VerifiedRelease verify_release(const std::filesystem::path& folder,
                               const std::optional<crypto::PublicKey>& key,
                               const VerifyOptions& options);

}  // namespace ingot::run
