// SPDX-License-Identifier: Apache-2.0
// Compressed bytes in memory, made plain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ingot::archive {

/// What `bytes` hold, compressed by gzip, xz, zstd or lz4. Fault::verification when they are none
/// of these, are damaged, or hold more than `limit` bytes; `name` is for messages.
std::string decompressed(std::string_view bytes, std::uint64_t limit, std::string_view name);

}  // namespace ingot::archive
