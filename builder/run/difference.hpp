// SPDX-License-Identifier: Apache-2.0
// Things by name of which two releases have one, the other, or different ones.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::run {

/// At least one side is set; where both are, they differ.
template <class Value>
struct Difference {
  std::string name;
  std::optional<Value> a;
  std::optional<Value> b;

  /// "added": in b only; "removed": in a only; "changed".
  std::string_view kind() const { return !a ? "added" : !b ? "removed" : "changed"; }
  bool operator==(const Difference&) const = default;
};

template <class Value>
using Differences = std::vector<Difference<Value>>;

/// In the order of the names.
template <class Value>
Differences<Value> differences(const std::map<std::string, Value>& a,
                               const std::map<std::string, Value>& b) {
  Differences<Value> found;
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && left->first < right->first)) {
      found.push_back({left->first, left->second, std::nullopt});
      ++left;
    } else if (left == a.end() || right->first < left->first) {
      found.push_back({right->first, std::nullopt, right->second});
      ++right;
    } else {
      if (!(left->second == right->second))
        found.push_back({left->first, left->second, right->second});
      ++left;
      ++right;
    }
  }
  return found;
}

}  // namespace ingot::run
