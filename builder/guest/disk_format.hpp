// SPDX-License-Identifier: Apache-2.0
// Which format a disk image of any origin is in, and whether it keeps to itself.
#pragma once

#include <filesystem>
#include <string_view>

namespace ingot::guest {

enum class DiskFormat { raw, qcow2 };

std::string_view name_of(DiskFormat format) noexcept;

/// Told by the first bytes. Fault::verification for a qcow2 that reaches for other files (a
/// backing file, an external data file): opening it would read what its maker chose.
DiskFormat disk_format_of(const std::filesystem::path& disk);

}  // namespace ingot::guest
