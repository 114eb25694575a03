// SPDX-License-Identifier: Apache-2.0
// The matrix for people and programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "run/matrix.hpp"

namespace ingot::run {

/// A table for the terminal: pair, expected, found, date, complaint or reason.
std::string matrix_table(const std::vector<TriedPair>& pairs);

/// A Markdown table.
std::string matrix_markdown(const std::vector<spec::Pair>& pairs);

std::string matrix_json(const std::vector<TriedPair>& pairs);

/// `text` with `table` between the two marks that say so. Fault::input when it lacks them.
std::string with_matrix(std::string_view text, std::string_view table);

}  // namespace ingot::run
