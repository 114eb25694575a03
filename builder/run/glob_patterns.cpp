// SPDX-License-Identifier: Apache-2.0
#include "run/glob_patterns.hpp"

#include <cctype>

namespace ingot::run {
namespace {

constexpr std::string_view separators = " \t\r\n;|&()<>`=,:/";
constexpr std::string_view quotes = "\"'";

bool in_name(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

/// Where the variable that begins with the '$' at `at` ends.
std::size_t end_of_variable(std::string_view text, std::size_t at) {
  if (++at == text.size()) return at;
  if (text[at] == '{') {
    const std::size_t end = text.find_first_of("}\n", at);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  if (!in_name(text[at])) return at + (text[at] == '(' ? 0 : 1);
  while (at < text.size() && in_name(text[at])) ++at;
  return at;
}

}  // namespace

std::set<std::string> glob_patterns_in(std::string_view text) {
  std::set<std::string> patterns;
  std::string part;
  bool globs = false;
  const auto end_part = [&] {
    if (globs && part.find_first_not_of("*?") != std::string::npos) patterns.insert(part);
    part.clear();
    globs = false;
  };
  for (std::size_t at = 0; at < text.size();) {
    const char letter = text[at];
    if (letter == '$') {
      part += '*';
      at = end_of_variable(text, at);
      continue;
    }
    if (separators.find(letter) != std::string_view::npos) {
      end_part();
    } else if (quotes.find(letter) == std::string_view::npos) {
      part += letter;
      globs = globs || letter == '*' || letter == '?' || letter == '[';
    }
    ++at;
  }
  end_part();
  return patterns;
}

}  // namespace ingot::run
