// SPDX-License-Identifier: Apache-2.0
// Bytes as one frame of zstd.
#pragma once

#include <cstdint>
#include <string>

#include "archive/sink.hpp"
#include "support/memory_sink.hpp"

namespace ingot::test {

inline std::string zstd_of(const std::string& bytes) {
  MemorySink memory;
  archive::ZstdSink zstd(memory, {.level = 1, .threads = 1});
  zstd.write({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  zstd.finish();
  return memory.bytes;
}

}  // namespace ingot::test
