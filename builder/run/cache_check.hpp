// SPDX-License-Identifier: Apache-2.0
// Reading the whole store against what it says of itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/report.hpp"
#include "store/entry_index.hpp"
#include "store/store.hpp"

namespace ingot::run {

struct CacheCheck {
  std::size_t items = 0;
  std::vector<std::string> damaged;  ///< what was wrong with each, in words
};

/// Reads every blob and every file of every result. Damaged ones are removed, so that the next
/// build fetches or makes them again.
CacheCheck check_cache(const store::Store& store, Report& report);

/// What of a step's or format's result is not as it was made; nothing when it is whole.
std::optional<std::string> result_alteration(const store::Entry& entry, store::Look look);

}  // namespace ingot::run
