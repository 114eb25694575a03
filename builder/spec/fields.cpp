// SPDX-License-Identifier: Apache-2.0
#include "spec/fields.hpp"

#include <algorithm>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/value.hpp"

namespace ingot::spec {

Fields::Fields(const Node& node, std::string what, Diagnostics& diagnostics)
    : node_(node), what_(std::move(what)), diagnostics_(diagnostics) {
  if (is_map()) return;
  diagnostics_.add({node.place,
                    format("a {} must be keys with values, found {}", what_, description_of(node)),
                    {},
                    {}});
}

const Node* Fields::optional(std::string_view key) {
  allowed_.emplace_back(key);
  const auto found = std::find_if(node_.entries.begin(), node_.entries.end(),
                                  [&](const MapEntry& entry) { return entry.key == key; });
  return found == node_.entries.end() ? nullptr : &found->value;
}

const Node* Fields::required(std::string_view key) {
  const Node* const value = optional(key);
  if (value == nullptr && is_map()) {
    Place place = node_.place;
    place.width = 1;
    diagnostics_.add({std::move(place), format("{} lacks the key '{}'", what_, key), {}, {}});
  }
  return value;
}

void Fields::finish() {
  std::sort(allowed_.begin(), allowed_.end());
  allowed_.erase(std::unique(allowed_.begin(), allowed_.end()), allowed_.end());
  for (const MapEntry& entry : node_.entries) {
    if (std::binary_search(allowed_.begin(), allowed_.end(), entry.key)) continue;
    diagnostics_.add({entry.key_place, format("unknown key {}", in_quotes(entry.key)),
                      joined(allowed_, ", "), suggestion(entry.key, allowed_)});
  }
}

}  // namespace ingot::spec
