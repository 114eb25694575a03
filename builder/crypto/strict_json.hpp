// SPDX-License-Identifier: Apache-2.0
// JSON from strangers: one reading of every text, within bounds that hold before memory is spent.
#pragma once

#include <cstddef>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace ingot::crypto {

struct JsonLimits {
  std::size_t bytes = 4U << 20;
  std::size_t depth = 32;
  std::size_t values = 200'000;
};

/// Parses one JSON text. Fault::verification, naming `what`, for a syntax error, invalid UTF-8, a
/// byte-order mark, trailing text, a key that occurs twice in one object, a number outside the
/// range of its type, a NUL in a string, and what exceeds the limits.
nlohmann::json parse_strict_json(std::string_view text, std::string_view what,
                                 const JsonLimits& limits = {});

}  // namespace ingot::crypto
