// SPDX-License-Identifier: Apache-2.0
#include "report/terminal_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/format.hpp"

namespace ingot::report {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< in bytes; 0: no UTF-8
};

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
Character first_character(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const std::uint32_t lead = at(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length) return {};
  std::uint32_t code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return {};
    code = (code << 6) | (at(i) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return {};
  return {code, length};
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Control and format characters, variants, private use, what is no character.
constexpr std::array<Range, 16> not_shown = {
    Range{0x00, 0x1f}, {0x7f, 0x9f},     {0xad, 0xad},     {0x34f, 0x34f},
    {0x61c, 0x61c},    {0x115f, 0x1160}, {0x180b, 0x180f}, {0x200b, 0x200f},
    {0x2028, 0x202e},  {0x2060, 0x206f}, {0x3164, 0x3164}, {0xd800, 0xf8ff},
    {0xfe00, 0xfe0f},  {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
};

bool is_shown(std::uint32_t code) {
  // Tags, private planes, and the last two of each plane.
  if (code >= 0xe0000 || (code & 0xfffe) == 0xfffe) return false;
  return std::none_of(not_shown.begin(), not_shown.end(), [&](const Range& range) {
    return code >= range.first && code <= range.last;
  });
}

// Of East Asian scripts, and pictures: two columns each.
constexpr std::array<Range, 11> wide = {
    Range{0x1100, 0x115f}, {0x231a, 0x23f3}, {0x2614, 0x27bf},   {0x2b1b, 0x2b55},
    {0x2e80, 0xa4cf},      {0xa960, 0xa97f}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},
    {0xfe10, 0xfe6f},      {0xff00, 0xffe6}, {0x16fe0, 0x3ffff},
};

std::size_t columns_of(std::uint32_t code) {
  const bool two = std::any_of(wide.begin(), wide.end(), [&](const Range& range) {
    return code >= range.first && code <= range.last;
  });
  return two ? 2 : 1;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_character(text);
    columns += character.length == 0 ? 1 : columns_of(character.code);
    text.remove_prefix(std::max<std::size_t>(character.length, 1));
  }
  return columns;
}

std::string clipped(std::string_view text, std::size_t columns) {
  constexpr std::string_view mark = "...";
  if (columns_of(text) <= columns) return std::string(text);
  if (columns <= mark.size()) return std::string(mark.substr(0, columns));
  std::size_t taken = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const Character character = first_character(text.substr(end));
    taken += character.length == 0 ? 1 : columns_of(character.code);
    if (taken > columns - mark.size()) break;
    end += std::max<std::size_t>(character.length, 1);
  }
  return std::string(text.substr(0, end)).append(mark);
}

std::string terminal_text(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const Character character = first_character(bytes);
    const std::size_t length = std::max<std::size_t>(character.length, 1);
    const bool escape = bytes[0] == '\\' && bytes.size() > 1 && is_octal(bytes[1]);
    if (character.length > 0 && is_shown(character.code) && !escape) {
      text += bytes.substr(0, length);
    } else {
      for (const char byte : bytes.substr(0, length)) {
        text += format("\\{:03o}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
      }
    }
    bytes.remove_prefix(length);
  }
  return text;
}

std::string bytes_of_terminal_text(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '\\' && text.size() - i > 3 && text[i + 1] <= '3' &&
                         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                     text.begin() + static_cast<std::ptrdiff_t>(i) + 4, is_octal);
    if (!escaped) {
      bytes += text[i];
      continue;
    }
    unsigned value = 0;
    for (std::size_t j = i + 1; j < i + 4; ++j)
      value = value * 8 + static_cast<unsigned>(text[j] - '0');
    bytes += static_cast<char>(value);
    i += 3;
  }
  return bytes;
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = first_character(bytes).length;
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

}  // namespace ingot::report
