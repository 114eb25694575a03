// SPDX-License-Identifier: Apache-2.0
// Cutting and comparing words of text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot {

/// The pieces between separators; empty pieces are kept, an empty text has none.
std::vector<std::string> split(std::string_view text, char separator);

/// Without leading and trailing ASCII white space.
std::string_view trimmed(std::string_view text);

std::string joined(const std::vector<std::string>& words, std::string_view separator);

/// The candidate that `word` most likely meant (Damerau-Levenshtein distance of at most a third
/// of its length, at least 1), if any.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

}  // namespace ingot
