// SPDX-License-Identifier: Apache-2.0
// PEM texts of exactly one block, and memory that is wiped.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace ingot::crypto {

/// Bytes that are overwritten before they are freed. Moves, never copies.
class SecretBytes {
public:
  explicit SecretBytes(std::span<const std::uint8_t> bytes) : bytes_(bytes.begin(), bytes.end()) {}
  SecretBytes(SecretBytes&&) noexcept = default;
  SecretBytes& operator=(SecretBytes&&) = delete;
  ~SecretBytes();
  std::span<const std::uint8_t> bytes() const noexcept { return bytes_; }

private:
  std::vector<std::uint8_t> bytes_;
};

/// Overwrites the text, and leaves it empty.
void wipe(std::string& text) noexcept;

/// The content of the only block in `pem`, which must be labelled `label`; white space around it is
/// accepted, other text is not. Throws `fault`, naming `name`.
SecretBytes pem_block(std::string_view pem, std::string_view label, std::string_view name,
                      Fault fault);

/// `bytes` as a PEM block.
std::string pem_of(std::span<const std::uint8_t> bytes, const char* label);

}  // namespace ingot::crypto
