// SPDX-License-Identifier: Apache-2.0
// Base64 of RFC 4648 section 4.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::crypto {

std::string base64_of(std::span<const std::uint8_t> bytes);
std::string base64_of(std::string_view bytes);

/// Nothing unless `text` is exactly what base64_of() writes: padded, no white space, unused bits
/// zero.
std::optional<std::vector<std::uint8_t>> bytes_of_base64(std::string_view text);

}  // namespace ingot::crypto
