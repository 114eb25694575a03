// SPDX-License-Identifier: Apache-2.0
#include "spec/scalar.hpp"

#include "spec/node.hpp"

namespace ingot::spec {

std::string quoted_scalar(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

std::string scalar(std::string_view text) {
  constexpr std::string_view plain =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._+/-";
  const bool starts_well = !text.empty() && text.front() != '-' && text.front() != '+';
  const bool is_plain = starts_well && text.find_first_not_of(plain) == std::string_view::npos &&
                        text != "null" && text != "Null" && text != "NULL" &&
                        !looks_like_number(text) && !looks_like_boolean(text);
  return is_plain ? std::string(text) : quoted_scalar(text);
}

}  // namespace ingot::spec
