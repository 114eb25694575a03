// SPDX-License-Identifier: Apache-2.0
// A rule of the agreement: what it claims of a tree, where that comes from, and what it found.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agreement/subject.hpp"

namespace ingot::agreement {

enum class Outcome { pass, fail, skip };

std::string_view name_of(Outcome outcome) noexcept;

/// One thing that was seen: where, what, and what should have been there instead.
struct Finding {
  std::string file;      ///< path in the tree with a slash in front; empty: the image as a whole
  std::string found;     ///< a value, or what is wrong
  std::string expected;  ///< empty for what is right
};

/// Filled by a rule. Without any fault and without a skip, the rule holds.
class Verdict {
public:
  /// The rule does not hold.
  void fault(std::string_view file, std::string found, std::string expected);
  /// What was seen of a rule that holds so far.
  void saw(std::string_view file, std::string value);
  /// The rule does not apply to this image; ignored once there is a fault.
  void skip(std::string reason);

  Outcome outcome() const noexcept;
  const std::string& reason() const noexcept { return reason_; }
  /// Faults, or, when there are none, what was seen.
  const std::vector<Finding>& findings() const noexcept {
    return faults_.empty() ? seen_ : faults_;
  }

private:
  std::vector<Finding> faults_;
  std::vector<Finding> seen_;
  std::string reason_;
  bool skipped_ = false;
};

struct Rule {
  std::string_view id;      ///< stable
  std::string_view claim;   ///< what holds when it passes
  std::string_view source;  ///< what asks for it
  std::string_view hint;    ///< how to mend it
  void (*judge)(const Subject& subject, Verdict& verdict);
};

// The groups, each in a file of its own.
std::span<const Rule> kernel_rules();
std::span<const Rule> module_rules();
std::span<const Rule> driver_rules();
std::span<const Rule> containerd_rules();
std::span<const Rule> unit_rules();
std::span<const Rule> package_rules();
std::span<const Rule> residue_rules();

}  // namespace ingot::agreement
