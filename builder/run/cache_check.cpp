// SPDX-License-Identifier: Apache-2.0
#include "run/cache_check.hpp"

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

#include "base/error.hpp"
#include "base/format.hpp"
#include "os/file.hpp"
#include "run/format_steps.hpp"
#include "run/schedule.hpp"
#include "store/collection.hpp"
#include "store/entry_index.hpp"

namespace ingot::run {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> fault_of(const store::Store& store, const store::CacheItem& item) {
  try {
    const Sha256 name = Sha256::from_hex(item.name);
    if (item.kind == store::ItemKind::blob) {
      store.verify_blob(name);
      return std::nullopt;
    }
    const auto entry = store.find_entry(name);
    if (!entry) return "its facts are damaged";
    return result_alteration(*entry, store::Look::content);
  } catch (const Error& error) {
    return error.message();
  }
}

void remove_damaged(const store::Store& store, const store::CacheItem& item) {
  if (item.kind == store::ItemKind::result)
    store.remove_entry(Sha256::from_hex(item.name));
  else
    os::remove_tree(store.blob_path(Sha256::from_hex(item.name)));
}

}  // namespace

std::optional<std::string> result_alteration(const store::Entry& entry, store::Look look) {
  if (store::has_index(entry)) return store::alteration(entry, look);
  return format_alteration(entry, look);
}

CacheCheck check_cache(const store::Store& store, Report& report) {
  CacheCheck check;
  std::mutex mutex;
  std::vector<Work> works;
  const std::vector<store::CacheItem> items = store::cache_items(store.folder());
  for (std::size_t i = 0; i < items.size(); ++i) {
    works.push_back({std::to_string(i), {}, [&, i] {
                       const auto fault = fault_of(store, items[i]);
                       if (fault) remove_damaged(store, items[i]);
                       const std::scoped_lock lock(mutex);
                       report.step_progress("cache", ++check.items, items.size());
                       const std::string what = items[i].kind == store::ItemKind::blob
                                                    ? "package or index"
                                                    : "result of step " + items[i].step;
                       if (fault)
                         check.damaged.push_back(
                             format("{} {}: {}", what, items[i].name.substr(0, 16), *fault));
                     }});
  }
  run_all(std::move(works), std::max(1U, std::thread::hardware_concurrency()));
  std::sort(check.damaged.begin(), check.damaged.end());
  return check;
}

}  // namespace ingot::run
