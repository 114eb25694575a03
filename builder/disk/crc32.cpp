// SPDX-License-Identifier: Apache-2.0
#include "disk/crc32.hpp"

#include <array>
#include <cstddef>

namespace ingot::disk {

namespace {

/// Table n tells what a byte becomes when n zero bytes follow it, so that eight bytes are looked
/// up at once.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Tables tables_of(std::uint32_t reversed_polynomial) {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) {
      rest = (rest & 1U) != 0 ? (rest >> 1) ^ reversed_polynomial : rest >> 1;
    }
    tables[0][byte] = rest;
  }
  for (std::size_t n = 1; n < tables.size(); ++n) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[n - 1][byte];
      tables[n][byte] = tables[0][before & 0xffU] ^ (before >> 8);
    }
  }
  return tables;
}

constexpr Tables iso_hdlc = tables_of(0xedb88320U);
constexpr Tables castagnoli = tables_of(0x82f63b78U);

std::uint32_t continued(const Tables& tables, std::uint32_t sum,
                        std::span<const std::uint8_t> bytes) {
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    sum = tables[7][(sum ^ at[0]) & 0xffU] ^ tables[6][((sum >> 8) ^ at[1]) & 0xffU] ^
          tables[5][((sum >> 16) ^ at[2]) & 0xffU] ^ tables[4][(sum >> 24) ^ at[3]] ^
          tables[3][at[4]] ^ tables[2][at[5]] ^ tables[1][at[6]] ^ tables[0][at[7]];
  }
  for (; left > 0; --left, ++at) {
    sum = tables[0][(sum ^ *at) & 0xffU] ^ (sum >> 8);
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
