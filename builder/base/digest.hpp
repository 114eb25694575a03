// SPDX-License-Identifier: Apache-2.0
// A SHA-256 digest as a value. Computing one is the crypto room's work.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingot {

class Sha256 {
public:
  static constexpr std::size_t size = 32;

  Sha256() = default;
  explicit Sha256(const std::array<std::uint8_t, size>& bytes) : bytes_(bytes) {}

  /// Parses exactly 64 lower-case hexadecimal digits; anything else is Fault::input.
  static Sha256 from_hex(std::string_view hex);

  std::string hex() const;
  const std::array<std::uint8_t, size>& bytes() const noexcept { return bytes_; }
  auto operator<=>(const Sha256&) const = default;

private:
  std::array<std::uint8_t, size> bytes_{};
};

}  // namespace ingot
