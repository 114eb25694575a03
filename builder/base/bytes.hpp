// SPDX-License-Identifier: Apache-2.0
// Sizes in bytes, and how people read them.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace ingot {

struct Bytes {
  std::uint64_t count = 0;
  auto operator<=>(const Bytes&) const = default;
};

constexpr Bytes operator+(Bytes a, Bytes b) { return {a.count + b.count}; }
constexpr Bytes operator""_MiB(unsigned long long n) { return {n << 20}; }
constexpr Bytes operator""_GiB(unsigned long long n) { return {n << 30}; }

/// Smallest multiple of `unit` that is not below `value`; `unit` must not be zero.
constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

/// "0 B", "831 kB", "1.4 GB": decimal units, at most three digits.
std::string human(Bytes size);

}  // namespace ingot
