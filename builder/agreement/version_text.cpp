// SPDX-License-Identifier: Apache-2.0
#include "agreement/version_text.hpp"

namespace ingot::agreement {
namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_digit(text[at + count])) ++count;
  return count;
}

// The length of the version that starts here; 0 when none does.
std::size_t version_at(std::string_view text, std::size_t at) {
  if (digits_at(text, at) != 3 || at + 3 >= text.size() || text[at + 3] != '.') return 0;
  const std::size_t second = digits_at(text, at + 4);
  if (second != 2 && second != 3) return 0;
  const std::size_t dot = at + 4 + second;
  const bool third = dot < text.size() && text[dot] == '.' && digits_at(text, dot + 1) == 2;
  return 4 + second + (third ? 3 : 0);
}

// Would digits behind this text belong to a number that starts in it?
bool continues(std::string_view before) {
  if (before.ends_with('.')) before.remove_suffix(1);
  return !before.empty() && is_digit(before.back());
}

}  // namespace

bool is_driver_version(std::string_view text) {
  return !text.empty() && version_at(text, 0) == text.size();
}

std::set<std::string> driver_versions_in(std::string_view bytes) {
  constexpr std::size_t most = 16;
  std::set<std::string> found;
  // A version has a dot after its third digit: dots are rare, digits are not.
  for (std::size_t dot = bytes.find('.'); dot != std::string_view::npos && found.size() < most;
       dot = bytes.find('.', dot + 1)) {
    if (dot < 3 || continues(bytes.substr(0, dot - 3))) continue;
    const std::size_t length = version_at(bytes, dot - 3);
    if (length == 0) continue;
    found.emplace(bytes.substr(dot - 3, length));
  }
  return found;
}

}  // namespace ingot::agreement
