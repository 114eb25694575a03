// SPDX-License-Identifier: Apache-2.0
#include "archive/file_list_words.hpp"

#include <array>
#include <utility>

#include "archive/file_list.hpp"
#include "base/format.hpp"

namespace ingot::archive {
namespace {

using Kind = std::pair<os::FileKind, std::string_view>;

constexpr std::array<Kind, 7> kinds = {
    Kind{os::FileKind::regular, "file"},   {os::FileKind::folder, "dir"},
    {os::FileKind::link, "link"},          {os::FileKind::character_device, "char"},
    {os::FileKind::block_device, "block"}, {os::FileKind::fifo, "fifo"},
    {os::FileKind::socket, "socket"}};

bool stands_for_itself(char c) { return c > ' ' && c <= '~' && c != '\\' && c != '#' && c != '='; }

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::string escaped_word(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (stands_for_itself(c)) {
      text += c;
    } else {
      text += format("\\{:03o}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return text;
}

std::optional<std::string> unescaped_word(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    if (text.size() - i < 4) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(i + 1, 3)) {
      if (c < '0' || c > '7') return std::nullopt;
      value = value * 8 + (c - '0');
    }
    if (value > 255) return std::nullopt;
    bytes += static_cast<char>(value);
    i += 3;
  }
  return bytes;
}

std::string hex_of(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += format("{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return text;
}

std::optional<std::string> bytes_of_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit_of(text[i]);
    const int low = digit_of(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::optional<os::FileKind> kind_of(std::string_view word) {
  for (const auto& [kind, name] : kinds) {
    if (name == word) return kind;
  }
  return std::nullopt;
}

std::string_view name_of(os::FileKind kind) noexcept {
  for (const auto& [each, name] : kinds) {
    if (each == kind) return name;
  }
  return "unknown";
}

}  // namespace ingot::archive
