// SPDX-License-Identifier: Apache-2.0
#include "store/content_digest.hpp"

#include <memory>

#include "crypto/hasher.hpp"

namespace ingot::store {

archive::ContentDigest sha256_of_content() {
  const auto hasher = std::make_shared<crypto::Hasher>();
  return {[hasher](std::span<const std::uint8_t> bytes) { hasher->update(bytes); },
          [hasher] { return hasher->finish(); }};
}

}  // namespace ingot::store
