// SPDX-License-Identifier: Apache-2.0
// The two 32-bit cyclic checksums of disk formats.
#pragma once

#include <cstdint>
#include <span>

namespace ingot::disk {

/// CRC-32 of GPT (ISO-HDLC, as in zlib): "123456789" gives 0xcbf43926.
std::uint32_t crc32(std::span<const std::uint8_t> bytes);

/// CRC-32C as ext4 uses it: continued from `sum`, started with ~0, without a final inversion.
std::uint32_t crc32c(std::uint32_t sum, std::span<const std::uint8_t> bytes);

}  // namespace ingot::disk
