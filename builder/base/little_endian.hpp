// SPDX-License-Identifier: Apache-2.0
// Fields of on-disk records, least significant byte first; no struct is ever laid over bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace ingot {

template <class Unsigned>
void store_le(std::span<std::uint8_t> bytes, std::size_t at, Unsigned value) {
  if (at > bytes.size() || bytes.size() - at < sizeof(Unsigned)) {
    throw Error(Fault::internal, "a record field lies outside its record; this is a bug in ingot");
  }
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
}

/// Throws Fault::input when the field is not wholly inside `bytes`: they may come from anywhere.
template <class Unsigned>
Unsigned load_le(std::span<const std::uint8_t> bytes, std::size_t at) {
  if (at > bytes.size() || bytes.size() - at < sizeof(Unsigned)) {
    throw Error(Fault::input, "a record ends in the middle of a field");
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
    value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
  }
  return static_cast<Unsigned>(value);
}

/// Appends fields to a record; the caller checks size() against the specification.
class RecordWriter {
public:
  RecordWriter& u8(std::uint8_t value) { return field(value); }
  RecordWriter& u16(std::uint16_t value) { return field(value); }
  RecordWriter& u32(std::uint32_t value) { return field(value); }
  RecordWriter& u64(std::uint64_t value) { return field(value); }
  RecordWriter& zeros(std::size_t count) {
    bytes_.resize(bytes_.size() + count);
    return *this;
  }
  RecordWriter& text(std::string_view value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  RecordWriter& raw(std::span<const std::uint8_t> value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  /// Zeros up to `size`; Fault::internal when the record is larger already.
  RecordWriter& pad_to(std::size_t size) {
    if (bytes_.size() > size) {
      throw Error(Fault::internal, "a record is larger than its format allows; a bug in ingot");
    }
    bytes_.resize(size);
    return *this;
  }

  std::size_t size() const noexcept { return bytes_.size(); }
  std::vector<std::uint8_t>& bytes() noexcept { return bytes_; }
  const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }

private:
  template <class Unsigned>
  RecordWriter& field(Unsigned value) {
    bytes_.resize(bytes_.size() + sizeof(Unsigned));
    store_le(std::span(bytes_), bytes_.size() - sizeof(Unsigned), value);
    return *this;
  }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace ingot
