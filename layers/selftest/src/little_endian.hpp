// SPDX-License-Identifier: Apache-2.0
// Reads little-endian numbers out of foreign bytes, within their bounds.
#pragma once

#include <cstdint>

#include "broken.hpp"
#include "file.hpp"

namespace ingot::selftest {

/// `count` bytes at `offset`; throws Broken("WHAT is cut short") when they are not all there.
inline Octets slice(Octets bytes, std::uint64_t offset, std::uint64_t count, const char* what) {
  if (offset > bytes.size() || count > bytes.size() - offset) {
    throw Broken(std::string(what) + " is cut short");
  }
  return bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(count));
}

template <class Number>
Number little_endian(Octets bytes, std::uint64_t offset, const char* what) {
  const Octets field = slice(bytes, offset, sizeof(Number), what);
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(Number); i > 0; --i) {
    value = value << 8U | std::to_integer<std::uint64_t>(field[i - 1]);
  }
  return static_cast<Number>(value);
}

}  // namespace ingot::selftest
