// SPDX-License-Identifier: Apache-2.0
#include "store/collection.hpp"

#include <algorithm>
#include <tuple>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "os/file.hpp"
#include "os/file_stamp.hpp"
#include "os/signals.hpp"
#include "os/storage.hpp"
#include "store/cache_use.hpp"

namespace ingot::store {
namespace fs = std::filesystem;

namespace {

std::string step_of(const fs::path& entry) {
  const auto text = os::read_file_if_any(entry / "meta.json", 16U << 20);
  const auto meta = nlohmann::json::parse(text.value_or(""), nullptr, false);
  if (!meta.is_object() || !meta.contains("facts")) return {};
  const auto& facts = meta["facts"];
  return facts.is_object() && facts.contains("step") && facts["step"].is_string()
             ? facts["step"].get<std::string>()
             : std::string();
}

void add_blobs(const fs::path& cache, std::vector<CacheItem>& items) {
  std::error_code failed;
  for (fs::directory_iterator at(cache / "blobs/sha256", failed), end; at != end; ++at) {
    for (const fs::directory_entry& blob : fs::directory_iterator(at->path())) {
      os::check_stop();
      items.push_back({.kind = ItemKind::blob,
                       .name = blob.path().filename().string(),
                       .step = {},
                       .size = {blob.file_size()},
                       .used = os::last_use(blob.path())});
    }
  }
}

void add_results(const fs::path& cache, std::vector<CacheItem>& items) {
  std::error_code failed;
  for (fs::directory_iterator at(cache / "trees", failed), end; at != end; ++at) {
    os::check_stop();
    items.push_back({.kind = ItemKind::result,
                     .name = at->path().filename().string(),
                     .step = step_of(at->path()),
                     .size = os::allocated_below(at->path()),
                     .used = os::last_use(at->path() / "meta.json")});
  }
}

fs::path path_of(const fs::path& cache, const CacheItem& item) {
  return item.kind == ItemKind::blob ? cache / "blobs/sha256" / item.name.substr(0, 2) / item.name
                                     : cache / "trees" / item.name;
}

void remove_item(const fs::path& cache, const CacheItem& item) {
  const fs::path path = path_of(cache, item);
  std::error_code failed;
  // Without its facts a result does not count, even when removing it is cut short.
  if (item.kind == ItemKind::result) fs::remove(path / "meta.json", failed);
  os::remove_tree(path);
}

}  // namespace

std::vector<CacheItem> cache_items(const fs::path& cache) {
  std::vector<CacheItem> items;
  add_blobs(cache, items);
  add_results(cache, items);
  std::sort(items.begin(), items.end(), [](const CacheItem& a, const CacheItem& b) {
    return std::tie(a.used, a.name) < std::tie(b.used, b.name);
  });
  return items;
}

Collected collect(const fs::path& cache, Bytes limit, const std::set<std::string>& kept) {
  const os::FileLock alone = alone_in(cache);
  const std::vector<CacheItem> items = cache_items(cache);
  Collected result;
  for (const CacheItem& item : items) {
    result.left = result.left + item.size;
    if (kept.contains(item.name)) result.kept = result.kept + item.size;
  }
  for (const CacheItem& item : items) {
    os::check_stop();
    if (result.left.count <= limit.count) break;
    if (kept.contains(item.name)) continue;
    remove_item(cache, item);
    ++result.removed;
    result.freed = result.freed + item.size;
    result.left.count -= item.size.count;
  }
  return result;
}

}  // namespace ingot::store
