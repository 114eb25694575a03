// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"

#include "base/error.hpp"

namespace ingot {
namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

Sha256 Sha256::from_hex(std::string_view hex) {
  std::array<std::uint8_t, size> bytes{};
  bool good = hex.size() == 2 * size;
  for (std::size_t i = 0; good && i < size; ++i) {
    const int high = nibble(hex[2 * i]);
    const int low = nibble(hex[2 * i + 1]);
    good = high >= 0 && low >= 0;
    bytes[i] = static_cast<std::uint8_t>((high << 4) | low);
  }
  if (!good) {
    throw Error(Fault::input, "not a SHA-256 digest in lower-case hexadecimal: '" +
                                  std::string(hex.substr(0, 80)) + "'");
  }
  return Sha256(bytes);
}

std::string Sha256::hex() const {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  text.reserve(2 * size);
  for (const std::uint8_t byte : bytes_) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace ingot
