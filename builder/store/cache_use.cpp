// SPDX-License-Identifier: Apache-2.0
#include "store/cache_use.hpp"

#include <string>

#include "base/error.hpp"
#include "os/file.hpp"
#include "os/storage.hpp"

namespace ingot::store {
namespace {

namespace fs = std::filesystem;

/// Everything else in the folder is not ours. What others rely on to be whole comes first.
constexpr const char* parts[] = {
    "newest", "records", "trees", "appliance", "development-keys", "development-keys.lock", "blobs"};

fs::path lock_file(const fs::path& cache) { return cache / "locks" / "use"; }

fs::path with_locks(const fs::path& cache) {
  std::error_code failed;
  fs::create_directories(cache / "locks", failed);
  if (failed)
    throw Error(Fault::io,
                "cannot make folder " + (cache / "locks").string() + ": " + failed.message());
  return lock_file(cache);
}

/// Away from its name at once: when we are stopped, nobody takes half of it for all.
void remove_part(const fs::path& cache, const std::string& name) {
  const fs::path dead = cache / "tmp" / ("dead-" + name);
  std::error_code failed;
  os::remove_tree(dead);
  fs::rename(cache / name, dead, failed);
  os::remove_tree(failed ? cache / name : dead);
}

}  // namespace

CacheUse::CacheUse(const fs::path& cache) : lock_(os::FileLock::wait_shared(with_locks(cache))) {}

os::FileLock alone_in(const fs::path& cache) {
  std::error_code failed;
  if (!fs::exists(lock_file(cache), failed) && !fs::is_directory(cache / "trees", failed))
    throw Error(Fault::input, cache.string() + " is no cache of ingot; nothing was removed");
  auto alone = os::FileLock::try_now(lock_file(cache));
  if (!alone)
    throw Error(Fault::environment, cache.string() +
                                        " is in use by another run of ingot; nothing was removed, "
                                        "try again when it has ended");
  return std::move(*alone);
}

Bytes clear_cache(const fs::path& cache) {
  std::error_code failed;
  if (!fs::exists(cache, failed)) return {};
  const os::FileLock alone = alone_in(cache);
  const Bytes size = os::allocated_below(cache);
  for (const char* part : parts) remove_part(cache, part);
  os::remove_tree(cache / "tmp");
  // Whoever waits for us takes the lock on a new file once this one is gone; so it goes last.
  for (const auto& entry : fs::directory_iterator(cache / "locks", failed))
    if (entry.path() != lock_file(cache)) os::remove_tree(entry.path());
  fs::remove(lock_file(cache), failed);
  fs::remove(cache / "locks", failed);
  fs::remove(cache, failed);
  return size;
}

}  // namespace ingot::store
