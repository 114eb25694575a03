// SPDX-License-Identifier: Apache-2.0
// Who uses a cache folder, so that nobody removes it under them.
#pragma once

#include <filesystem>

#include "base/bytes.hpp"
#include "os/file_lock.hpp"

namespace ingot::store {

/// While it lives the cache stays; waits while somebody removes it. Makes the folder.
class CacheUse {
public:
  explicit CacheUse(const std::filesystem::path& cache);

private:
  os::FileLock lock_;
};

/// Held by whoever takes something out of the cache. Fault::input when it is no cache of ingot,
/// Fault::environment when somebody uses it.
os::FileLock alone_in(const std::filesystem::path& cache);

/// Removes everything that ingot keeps in `cache`, and the folder when nothing else is in it.
/// Returns the room that this gives. Nothing to do when there is none; Fault::input when it is no
/// cache of ingot, Fault::environment when somebody uses it, Fault::io when files cannot be
/// removed, among them those of other ids outside of their user namespace.
Bytes clear_cache(const std::filesystem::path& cache);

}  // namespace ingot::store
