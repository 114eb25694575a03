// SPDX-License-Identifier: Apache-2.0
// Sigstore bundle v0.3 with one plain key and one DSSE envelope over an in-toto statement; no
// certificate, no transparency log, no timestamps.
#pragma once

#include <string>
#include <string_view>

#include "crypto/dsse.hpp"

namespace ingot::crypto {

inline constexpr std::string_view bundle_media_type =
    "application/vnd.dev.sigstore.bundle.v0.3+json";
inline constexpr std::string_view statement_payload_type = "application/vnd.in-toto+json";

/// The bundle around a signed in-toto statement.
std::string signed_bundle(std::string statement, const PrivateKey& key);

/// Reads a bundle of exactly that shape; Fault::verification names what else it holds. Checks no
/// signature.
Envelope read_bundle(std::string_view bundle);

/// The statement, after its signature by `key` was checked.
std::string verified_statement(std::string_view bundle, const PublicKey& key);

}  // namespace ingot::crypto
