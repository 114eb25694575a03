// SPDX-License-Identifier: Apache-2.0
// Finds sections in a 64-bit little-endian ELF file; every offset is checked against its end.
#pragma once

#include <optional>
#include <string_view>

#include "file.hpp"

namespace ingot::selftest {

/// The bytes of the named section, or nothing when the file has none of that name. Throws Broken
/// when the file is no such ELF file or is cut.
std::optional<Octets> section_of(Octets elf, std::string_view name);

}  // namespace ingot::selftest
