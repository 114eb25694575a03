// SPDX-License-Identifier: Apache-2.0
// File names of FAT: the short form of eight and three characters, and long names beside it.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::disk {

using ShortName = std::array<char, 11>;  ///< padded with spaces, without the dot

/// Fault::input when FAT cannot hold the name, or when it is not ASCII.
void check_fat_name(std::string_view name);

/// Names that differ in case only are the same name.
std::string folded(std::string_view name);

/// Whether the name is its own short form and needs no long one.
bool is_short_name(std::string_view name);

/// A short form for `name` that is not in `taken`, and is put there.
ShortName short_name_for(std::string_view name, std::set<ShortName>& taken);

/// Directory records that carry the long name, in their order on disk; none for a short name.
std::vector<std::uint8_t> long_name_records(std::string_view name, const ShortName& alias);

}  // namespace ingot::disk
