// SPDX-License-Identifier: Apache-2.0
// What happens during a run, as events; the only room that prints progress.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ingot {

enum class StepOutcome { done, cached, failed };

/// Receives the events of a run. Implementations are thread-safe and never throw: reporting is
/// called where failure cannot be answered.
class Report {
public:
  virtual ~Report() = default;

  virtual void step_started(std::string_view step) noexcept = 0;
  virtual void step_finished(std::string_view step, StepOutcome outcome,
                             std::chrono::milliseconds took, std::string_view detail) noexcept = 0;
  /// Bytes (or items) of a running step; `total` is 0 when unknown.
  virtual void step_progress(std::string_view step, std::uint64_t done,
                             std::uint64_t total) noexcept = 0;
  virtual void note(std::string_view text) noexcept = 0;
  virtual void warning(std::string_view text) noexcept = 0;
};

}  // namespace ingot
