// SPDX-License-Identifier: Apache-2.0
// Whether bytes are text that a person can review: UTF-8 without invisible or control characters.
#pragma once

#include <string>
#include <string_view>

#include "spec/diagnostic.hpp"

namespace ingot::spec {

/// Adds a fault for the first offence; true when there was none.
bool check_text(std::string_view text, const std::string& file, Diagnostics& diagnostics);

/// The number of characters in UTF-8 text (of bytes, where it is invalid).
std::size_t length_of(std::string_view text) noexcept;

/// Bytes of the character at the start of `text`, 0 when it is not valid UTF-8; its code point
/// goes to `code`.
std::size_t read_character(std::string_view text, char32_t& code) noexcept;

/// Code points that must not appear: controls, and those that reorder the text on a screen.
bool is_forbidden(char32_t code) noexcept;

}  // namespace ingot::spec
