// SPDX-License-Identifier: Apache-2.0
// When each step of a build ran, and what it took: timings.json, and what follows from it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "os/usage.hpp"

namespace ingot::run {

struct StepTiming {
  std::string name;
  std::string kind;                      ///< of a plan's step, "format", or "other"
  std::string outcome;                   ///< "done", "cached", "shared", "failed"
  std::chrono::milliseconds started{0};  ///< since the start of the build
  std::chrono::milliseconds ended{0};
  std::optional<os::Usage> usage = {};  ///< of its commands, where it ran some
  std::optional<Bytes> size = {};       ///< of its result, where that is known
  std::vector<std::string> after = {};  ///< steps that it waited for

  std::chrono::milliseconds took() const { return ended - started; }
};

struct Timings {
  std::string image;
  std::string version;
  std::chrono::milliseconds wall{0};  ///< up to when this was written
  os::Usage own;                      ///< of ingot itself, without its commands
  std::vector<StepTiming> steps;      ///< in the order in which they started
};

std::string timings_json(const Timings& timings);

/// Fault::input when the text is no timings.json of this version.
Timings parse_timings(std::string_view text);

/// The steps that decided when the build was over, first to last: from the one that ended last,
/// each time to the one that it waited for longest. A build is not faster before one of them is.
std::vector<const StepTiming*> critical_path(const Timings& timings);

/// Where a cache folder keeps those of an image's newest build.
std::filesystem::path timings_record(const std::filesystem::path& cache, std::string_view image);

/// The one of them that was written last, if any.
std::optional<std::filesystem::path> newest_timings_record(const std::filesystem::path& cache);

}  // namespace ingot::run
