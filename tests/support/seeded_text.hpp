// SPDX-License-Identifier: Apache-2.0
// Text of any size that packs about as well as real files do, the same for the same seed.
#pragma once

#include <cstddef>
#include <string>

namespace ingot::test {

inline std::string seeded_text(std::size_t size, unsigned seed) {
  std::string text;
  for (; text.size() < size; seed = seed * 1103515245 + 12345)
    text += "word" + std::to_string(seed >> 24) + ' ';
  text.resize(size);
  return text;
}

}  // namespace ingot::test
