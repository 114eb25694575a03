// SPDX-License-Identifier: Apache-2.0
// What happens during a run, as events; the only room that prints progress.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingot {

enum class StepOutcome {
  done,
  cached,  ///< found in the store of this machine
  shared,  ///< brought from a cache that machines share
  failed
};

/// What the numbers of a running step count.
enum class Counted { items, bytes };

/// Receives the events of a run. Implementations are thread-safe and never throw: reporting is
/// called where failure cannot be answered.
class Report {
public:
  virtual ~Report() = default;

  virtual void step_started(std::string_view step) noexcept = 0;
  virtual void step_finished(std::string_view step, StepOutcome outcome,
                             std::chrono::milliseconds took, std::string_view detail) noexcept = 0;
  /// How far a running step is; `total` is 0 when unknown.
  virtual void step_progress(std::string_view step, std::uint64_t done, std::uint64_t total,
                             Counted counted = Counted::items) noexcept = 0;
  /// So many further steps will start, unless something fails.
  virtual void steps_expected(std::uint64_t) noexcept {}
  virtual void note(std::string_view text) noexcept = 0;
  virtual void warning(std::string_view text) noexcept = 0;
};

}  // namespace ingot
