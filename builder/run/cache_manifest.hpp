// SPDX-License-Identifier: Apache-2.0
// The manifest of a result in a registry (OCI image-spec 1.1, "Guidelines for Artifact Usage"): one
// layer, the packed result; and among the annotations the signature, the only thing that is
// believed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/key.hpp"
#include "run/cache_statement.hpp"

namespace ingot::run {

inline constexpr std::string_view cache_manifest_type =
    "application/vnd.oci.image.manifest.v1+json";
/// The blob that manifests of artifacts name as their configuration.
inline constexpr std::string_view empty_config = "{}";

/// Of the statement, signed.
std::string cache_manifest(const CacheStatement& statement, const crypto::PrivateKey& key);

/// What one of the trusted keys has signed about the result `key`. Fault::verification says why the
/// manifest is not believed: unsigned, signed by another key, of another result, altered.
CacheStatement verified_cache_manifest(std::string_view manifest, const Sha256& key,
                                       const std::vector<crypto::PublicKey>& trusted);

}  // namespace ingot::run
