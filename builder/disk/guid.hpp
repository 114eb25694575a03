// SPDX-License-Identifier: Apache-2.0
// A GUID as a value: its text, its bytes on disk, and how to get the same one twice.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/digest.hpp"

namespace ingot::disk {

class Guid {
public:
  static constexpr std::size_t size = 16;

  Guid() = default;  ///< all zeros: an unused partition entry

  /// Parses "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", in either case; else Fault::input.
  static Guid from_text(std::string_view text);
  /// UEFI 2.10 appendix A: the first three fields are little-endian, the rest is as written.
  static Guid from_disk_bytes(const std::array<std::uint8_t, size>& bytes);

  std::string text() const;  ///< lower case
  std::array<std::uint8_t, size> disk_bytes() const;
  /// In the order of the text, as RFC 9562 and Linux's own formats have them.
  const std::array<std::uint8_t, size>& text_bytes() const noexcept { return bytes_; }
  bool is_zero() const noexcept { return *this == Guid{}; }
  auto operator<=>(const Guid&) const = default;

private:
  explicit Guid(const std::array<std::uint8_t, size>& in_text_order) : bytes_(in_text_order) {}
  friend Guid derived_guid(const Sha256&, std::string_view);

  std::array<std::uint8_t, size> bytes_{};  // in the order of the text
};

/// The GUID of one thing of one image: a UUID of version 8 (RFC 9562) out of a hash of both.
Guid derived_guid(const Sha256& seed, std::string_view label);

}  // namespace ingot::disk
