// SPDX-License-Identifier: Apache-2.0
// A number that follows from a path alone, for cuts that do not move when other paths come or go.
#pragma once

#include <cstdint>
#include <string_view>

namespace ingot::archive {

/// Evenly spread. A part of output formats: it never changes.
constexpr std::uint64_t path_mark(std::string_view path) noexcept {
  // FNV-1a, then the last mixing steps of MurmurHash3, since FNV's low bits are poor.
  std::uint64_t mark = 0xcbf29ce484222325;
  for (const char byte : path) mark = (mark ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  mark = (mark ^ (mark >> 33)) * 0xff51afd7ed558ccd;
  mark = (mark ^ (mark >> 33)) * 0xc4ceb9fe1a85ec53;
  return mark ^ (mark >> 33);
}

}  // namespace ingot::archive
