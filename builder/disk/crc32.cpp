// SPDX-License-Identifier: Apache-2.0
#include "disk/crc32.hpp"

#include <array>

namespace ingot::disk {

namespace {

constexpr std::array<std::uint32_t, 256> table_of(std::uint32_t reversed_polynomial) {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest & 1U) != 0 ? (rest >> 1) ^ reversed_polynomial : rest >> 1;
    }
    table[byte] = rest;
  }
  return table;
}

constexpr auto iso_hdlc = table_of(0xedb88320U);
constexpr auto castagnoli = table_of(0x82f63b78U);

std::uint32_t continued(const std::array<std::uint32_t, 256>& table, std::uint32_t sum,
                        std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    sum = table[(sum ^ byte) & 0xffU] ^ (sum >> 8);
  }
  return sum;
}

}  // namespace

std::uint32_t crc32(std::span<const std::uint8_t> bytes) {
  return ~continued(iso_hdlc, ~0U, bytes);
}

std::uint32_t crc32c(std::uint32_t sum, std::span<const std::uint8_t> bytes) {
  return continued(castagnoli, sum, bytes);
}

}  // namespace ingot::disk
