// SPDX-License-Identifier: Apache-2.0
// What a cache folder holds, how large it is and when it was last of use; and keeping it small.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace ingot::store {

enum class ItemKind { blob, result };

struct CacheItem {
  ItemKind kind = ItemKind::blob;
  std::string name;       ///< the digest of a blob, the key of a result, in hexadecimal
  std::string step;       ///< of a result: what made it; empty when its facts are damaged
  Bytes size;             ///< that it takes on the disk
  std::int64_t used = 0;  ///< seconds since 1970
};

/// Everything that can be collected, the longest unused first. Nothing when there is no cache.
std::vector<CacheItem> cache_items(const std::filesystem::path& cache);

struct Collected {
  std::size_t removed = 0;
  Bytes freed;
  Bytes left;
  Bytes kept;  ///< of those that had to stay
};

/// Removes what was longest unused until the rest takes no more than `limit`; items named in `kept`
/// stay whatever they take. Fault::environment when somebody uses the cache, Fault::input when it
/// is none.
Collected collect(const std::filesystem::path& cache, Bytes limit,
                  const std::set<std::string>& kept);

}  // namespace ingot::store
