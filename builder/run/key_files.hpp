// SPDX-License-Identifier: Apache-2.0
// New keys as files in a folder.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ingot::run {

/// release.key (mode 0600) and release.pub: ECDSA P-256. Returns what was written. Fault::input
/// when one of them exists: a key is never overwritten.
std::vector<std::filesystem::path> make_release_key(const std::filesystem::path& folder);

/// module.key (mode 0600), module.crt (PEM) and module.der: RSA-2048 with a self-signed
/// certificate that never ends, since modules outlive dates. Otherwise like make_release_key().
std::vector<std::filesystem::path> make_module_key(const std::filesystem::path& folder,
                                                   const std::string& common_name);

}  // namespace ingot::run
