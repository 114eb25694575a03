// SPDX-License-Identifier: Apache-2.0
// Text of foreign origin, such as file names, as a terminal may be shown it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ingot::report {

/// Printable characters of UTF-8 stay; every byte of anything else (control characters, what turns
/// the direction of writing or cannot be seen, bytes that are no UTF-8) becomes \ooo. So does a
/// backslash in front of an octal digit: two texts are never shown alike.
std::string terminal_text(std::string_view bytes);

/// The bytes that terminal_text() showed as `text`.
std::string bytes_of_terminal_text(std::string_view text);

/// How many columns of a terminal text without control characters takes. Never too few: what joins
/// the character before it is counted as well.
std::size_t columns_of(std::string_view text);

/// `text`, or as much of it as fits with "..." behind it. The text is terminal_text()'s.
std::string clipped(std::string_view text, std::size_t columns);

/// Whether all of it is UTF-8, so that JSON can hold it as it is.
bool is_utf8(std::string_view bytes);

}  // namespace ingot::report
