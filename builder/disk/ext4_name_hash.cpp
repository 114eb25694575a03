// SPDX-License-Identifier: Apache-2.0
#include "disk/ext4_name_hash.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "base/little_endian.hpp"

namespace ingot::disk {

namespace {

using State = std::array<std::uint32_t, 4>;
using Words = std::array<std::uint32_t, 8>;

// The hash that stands for "after the last name", and may be none of a name.
constexpr std::uint32_t end_of_index = 0x7fffffffU << 1;

/// The first 32 bytes of the name as words; what is missing is filled with its length.
Words words_of(std::string_view name) {
  const auto length = static_cast<std::uint32_t>(name.size());
  std::uint32_t filling = length | (length << 8);
  filling |= filling << 16;
  Words words;
  words.fill(filling);
  const std::size_t used = std::min<std::size_t>(name.size(), 4 * words.size());
  for (std::size_t i = 0; i < used; ++i) {
    std::uint32_t& word = words[i / 4];
    // Signed characters, with carries into the bytes above: what x86 has always written.
    word = static_cast<std::uint32_t>(static_cast<signed char>(name[i])) + (word << 8);
  }
  return words;
}

struct Round {
  std::uint32_t constant;
  std::array<std::size_t, 8> order;
  std::array<int, 4> shifts;
};

constexpr std::array<Round, 3> rounds = {{{0, {0, 1, 2, 3, 4, 5, 6, 7}, {3, 7, 11, 19}},
                                          {0x5a827999, {1, 3, 5, 7, 0, 2, 4, 6}, {3, 5, 9, 13}},
                                          {0x6ed9eba1, {3, 7, 2, 6, 1, 5, 0, 4}, {3, 9, 11, 15}}}};

std::uint32_t mixed(std::size_t round, std::uint32_t x, std::uint32_t y, std::uint32_t z) {
  switch (round) {
    case 0:
      return z ^ (x & (y ^ z));
    case 1:
      return (x & y) + ((x ^ y) & z);
    default:
      return x ^ y ^ z;
  }
}

void transform(State& state, const Words& words) {
  State next = state;
  for (std::size_t round = 0; round < rounds.size(); ++round) {
    const Round& way = rounds[round];
    for (std::size_t step = 0; step < words.size(); ++step) {
      // The word that changes goes a, d, c, b; the others follow it in a ring.
      const std::size_t at = (4 - step % 4) % 4;
      next[at] += mixed(round, next[(at + 1) % 4], next[(at + 2) % 4], next[(at + 3) % 4]) +
                  words[way.order[step]] + way.constant;
      next[at] = std::rotl(next[at], way.shifts[step % 4]);
    }
  }
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += next[i];
}

}  // namespace

std::uint32_t ext4_name_hash(std::string_view name, const Guid& seed) {
  State state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  if (!seed.is_zero()) {
    for (std::size_t i = 0; i < state.size(); ++i) {
      state[i] = load_le<std::uint32_t>(seed.text_bytes(), 4 * i);
    }
  }
  for (std::size_t at = 0; at < name.size(); at += 32) transform(state, words_of(name.substr(at)));
  const std::uint32_t hash = state[1] & ~1U;
  return hash == end_of_index ? end_of_index - 2 : hash;
}

}  // namespace ingot::disk
