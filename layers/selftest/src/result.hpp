// SPDX-License-Identifier: Apache-2.0
// What one check says: outcome, reason, measured values; and how it travels from child to parent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ingot::selftest {

enum class Outcome { pass, fail, skip };

/// F: the node must not join. E: taint it. W: look at it. I: know it.
enum class Severity { fatal, error, warning, information };

std::string_view name_of(Outcome outcome) noexcept;
/// One letter as in the catalogue: F, E, W, I.
std::string_view name_of(Severity severity) noexcept;

using Values = std::vector<std::pair<std::string, std::string>>;

struct Result {
  Outcome outcome = Outcome::fail;
  std::string reason;
  /// Set when what the check found weighs less or more than its row says.
  std::optional<Severity> severity = std::nullopt;
  Values values = {};
  std::int64_t milliseconds = 0;
};

Result pass(std::string reason, Values values = {});
Result fail(std::string reason, Values values = {});
Result skip(std::string reason);

/// Gathers every fault that a check meets, so that a reader sees all of them in one boot.
class Findings {
public:
  void add(std::string fault);
  void value(std::string name, std::string text);
  bool empty() const noexcept { return faults_.empty(); }
  /// Fail with all faults joined (the first twenty in full), or pass with `good`.
  Result result(std::string good) &&;

private:
  std::vector<std::string> faults_;
  Values values_;
};

/// One line of JSON for the pipe between a check's process and the program.
std::string to_wire(const Result& result);
/// Never throws: an answer that is no result is itself a failed result.
Result from_wire(std::string_view text);

}  // namespace ingot::selftest
