// SPDX-License-Identifier: Apache-2.0
// The keys of one build: given ones, or the development keys where none is given.
#pragma once

#include <filesystem>
#include <optional>

#include "crypto/certificate.hpp"
#include "crypto/key.hpp"
#include "run/release.hpp"

namespace ingot::run {

struct KeyFiles {
  std::optional<std::filesystem::path> release_key;
  std::optional<std::filesystem::path> module_key;
  std::optional<std::filesystem::path> module_certificate;
};

struct SigningKeys {
  crypto::PrivateKey release;
  crypto::PrivateKey module;
  crypto::Certificate module_certificate;
  KeyOrigin origin = KeyOrigin::release;  ///< development as soon as one key is
};

/// Fault::input when only one of module key and certificate is given, or they do not match.
SigningKeys load_signing_keys(const KeyFiles& files, const std::filesystem::path& cache);

}  // namespace ingot::run
