// SPDX-License-Identifier: Apache-2.0
// What a build would do now, step by step, why, and what that took the last time.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "plan/record.hpp"
#include "report/report.hpp"
#include "run/format_keys.hpp"
#include "store/store.hpp"

namespace ingot::run {

enum class Outlook {
  hit,    ///< the store has it
  maybe,  ///< made again only if something it can see has changed, which only a build can tell
  miss
};

std::string_view name_of(Outlook outlook) noexcept;

struct OutlookRow {
  std::string step;
  Outlook outlook = Outlook::miss;
  std::optional<Sha256> key = {};         ///< unknown for formats of a tree that is not made yet
  std::vector<std::string> reasons = {};  ///< in words; none for a hit
  /// As when the step was last carried out for this image, else for another one that has it.
  plan::StepCost cost = {};
};

/// Where the store keeps what an image was last made of.
std::filesystem::path record_file(const store::Store& store, const std::string& image);

/// Rows for all steps of the plan, and then for the formats.
std::vector<OutlookRow> plan_outlook(const spec::ResolvedImage& image, const plan::Plan& plan,
                                     const FormatKeys& keys, const store::Store& store,
                                     Report& report);

}  // namespace ingot::run
