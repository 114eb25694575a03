// SPDX-License-Identifier: Apache-2.0
// Keys for builds without keys: made once per cache folder, named so that nobody trusts them.
#pragma once

#include <filesystem>
#include <string_view>

#include "crypto/certificate.hpp"
#include "crypto/key.hpp"

namespace ingot::run {

inline constexpr std::string_view development_common_name = "ingot development key, do not trust";

struct DevelopmentKeys {
  crypto::PrivateKey release;
  crypto::PrivateKey module;
  crypto::Certificate module_certificate;
};

/// From <cache>/development-keys/, made there at the first call; processes that call it at the same
/// time get the same keys.
DevelopmentKeys load_or_make_development_keys(const std::filesystem::path& cache);

}  // namespace ingot::run
