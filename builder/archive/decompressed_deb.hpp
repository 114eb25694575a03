// SPDX-License-Identifier: Apache-2.0
// Debian binary packages without their compression, as dpkg installs them fastest.
#pragma once

#include <filesystem>

namespace ingot::archive {

/// Writes the package with its two archives decompressed (deb(5): control.tar and data.tar are
/// allowed plain) to the new file `target`: the same files, and for one package the same bytes each
/// time. Other members, which deb(5) lets programs ignore, are left out. Fault::verification for a
/// file that is no package of format 2.x or holds more than an ar archive can, Fault::io when
/// writing fails. Nothing is synced.
void decompress_deb(const std::filesystem::path& source, const std::filesystem::path& target);

}  // namespace ingot::archive
