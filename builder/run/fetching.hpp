// SPDX-License-Identifier: Apache-2.0
// Bringing everything that a lock names into the store.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "base/bytes.hpp"
#include "fetch/fetch.hpp"
#include "report/report.hpp"
#include "run/mirrors.hpp"
#include "spec/lock.hpp"
#include "store/store.hpp"

namespace ingot::run {

struct FetchRequest {
  const spec::Lock& lock;
  /// Folders with .deb files by file name or pool path; asked before any mirror.
  std::vector<std::filesystem::path> sources;
  fetch::Options fetch;
};

struct Fetched {
  std::size_t files = 0;  ///< that the lock names
  std::size_t brought = 0;
  Bytes bytes;  ///< of those brought
};

/// Mirrors are asked for only when something is missing. Fault::network or Fault::verification as
/// fetch::fetch_all, with the command that refreshes the lock for each file that is not to be had.
Fetched fetch_locked(const FetchRequest& request, Mirrors& mirrors, const store::Store& store,
                     Report& report);

}  // namespace ingot::run
