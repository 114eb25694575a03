// SPDX-License-Identifier: Apache-2.0
#include "disk/guid.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/format.hpp"
#include "crypto/hasher.hpp"

namespace ingot::disk {

namespace {

// Where byte i of the text order lies on disk; its own inverse.
constexpr std::array<std::size_t, Guid::size> disk_order = {3, 2, 1,  0,  5,  4,  7,  6,
                                                            8, 9, 10, 11, 12, 13, 14, 15};

bool dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') {
    return digit - '0';
  }
  if (digit >= 'a' && digit <= 'f') {
    return digit - 'a' + 10;
  }
  if (digit >= 'A' && digit <= 'F') {
    return digit - 'A' + 10;
  }
  return -1;
}

}  // namespace

Guid Guid::from_text(std::string_view text) {
  const auto refuse = [&] {
    throw Error(Fault::input, format("'{}' is no GUID (8-4-4-4-12 hexadecimal digits)", text));
  };
  if (text.size() != 36) {
    refuse();
  }
  Guid guid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (dash_before(i) && text[at++] != '-') {
      refuse();
    }
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) {
      refuse();
    }
    guid.bytes_[i] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
  }
  return guid;
}

Guid Guid::from_disk_bytes(const std::array<std::uint8_t, size>& bytes) {
  Guid guid;
  for (std::size_t i = 0; i < size; ++i) {
    guid.bytes_[i] = bytes[disk_order[i]];
  }
  return guid;
}

std::array<std::uint8_t, Guid::size> Guid::disk_bytes() const {
  std::array<std::uint8_t, size> bytes{};
  for (std::size_t i = 0; i < size; ++i) {
    bytes[disk_order[i]] = bytes_[i];
  }
  return bytes;
}

std::string Guid::text() const {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += format("{}{:02x}", dash_before(i) ? "-" : "", bytes_[i]);
  }
  return text;
}

Guid derived_guid(const Sha256& seed, std::string_view label) {
  const Sha256 hash = crypto::FieldHasher("ingot.disk.guid.v1").field(seed).field(label).finish();
  std::array<std::uint8_t, Guid::size> bytes{};
  std::copy_n(hash.bytes().begin(), Guid::size, bytes.begin());
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x80);  // version 8
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant of RFC 9562
  return Guid(bytes);
}

}  // namespace ingot::disk
