// SPDX-License-Identifier: Apache-2.0
#include "spec/text_check.hpp"

#include "base/format.hpp"

namespace ingot::spec {
namespace {

unsigned byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

/// Line and column of the byte at `offset`.
Place place_of(std::string_view text, std::size_t offset, const std::string& file) {
  Place place{file, 1, 1};
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < offset; ++i) {
    if (text[i] != '\n') continue;
    ++place.line;
    line_start = i + 1;
  }
  place.column += static_cast<int>(length_of(text.substr(line_start, offset - line_start)));
  return place;
}

}  // namespace

std::size_t read_character(std::string_view text, char32_t& code) noexcept {
  if (text.empty()) return 0;
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) {
    code = first;
    return 1;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  code = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned next = byte_at(text, i);
    if ((next & 0xC0U) != 0x80) return 0;
    code = code << 6 | (next & 0x3FU);
  }
  // RFC 3629: no longer form than needed, no surrogates, nothing above U+10FFFF.
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool valid =
      code >= smallest[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return valid ? length : 0;
}

std::size_t length_of(std::string_view text) noexcept {
  std::size_t length = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80) ++length;
  }
  return length;
}

bool is_forbidden(char32_t code) noexcept {
  if (code == '\t' || code == '\n') return false;
  const bool control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
  const bool line_break = code == 0x2028 || code == 0x2029;
  const bool reorders = (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
                        (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
  return control || line_break || reorders;
}

bool check_text(std::string_view text, const std::string& file, Diagnostics& diagnostics) {
  const auto refuse = [&](std::size_t offset, std::string message, std::string help) {
    diagnostics.add({place_of(text, offset, file), std::move(message), {}, std::move(help)});
    return false;
  };
  if (text.starts_with("\xEF\xBB\xBF")) {
    return refuse(0, "the file starts with a byte order mark", "save it as UTF-8 without one");
  }
  bool is_indentation = true;
  for (std::size_t i = 0; i < text.size();) {
    char32_t code = 0;
    const std::size_t length = read_character(text.substr(i), code);
    if (length == 0) return refuse(i, "invalid UTF-8", "save the file as UTF-8");
    if (code == '\t' && is_indentation) {
      return refuse(i, "tab in the indentation", "YAML indents with spaces");
    }
    const bool ends_line = code == '\r' && text.substr(i).starts_with("\r\n");
    if (is_forbidden(code) && !ends_line) {
      return refuse(i, format("character U+{:04X} is not allowed", static_cast<unsigned>(code)),
                    "definitions hold visible text only; remove it");
    }
    is_indentation = code == '\n' || (is_indentation && code == ' ');
    i += length;
  }
  return true;
}

}  // namespace ingot::spec
