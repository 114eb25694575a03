// SPDX-License-Identifier: Apache-2.0
// The words of mtree(5): names of kinds, and bytes as text without spaces.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "os/tree.hpp"

namespace ingot::archive {

/// Whatever is not printable ASCII, and space, '#', '=' and backslash, as \ooo.
std::string escaped_word(std::string_view bytes);
std::optional<std::string> unescaped_word(std::string_view text);

std::string hex_of(std::string_view bytes);
std::optional<std::string> bytes_of_hex(std::string_view text);

std::optional<os::FileKind> kind_of(std::string_view word);

}  // namespace ingot::archive
