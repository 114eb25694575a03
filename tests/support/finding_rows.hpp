// SPDX-License-Identifier: Apache-2.0
// Looking up the rows of what is found on a host.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "run/finding.hpp"

namespace ingot::test {

inline const run::Finding& row(const std::vector<run::Finding>& findings, std::string_view id) {
  for (const run::Finding& finding : findings)
    if (finding.id == id) return finding;
  throw std::runtime_error("there is no row " + std::string(id));
}
/// A row of a list that ends with the expression.
inline run::Finding row(std::vector<run::Finding>&& findings, std::string_view id) {
  return row(findings, id);
}

inline bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace ingot::test
