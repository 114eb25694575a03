// SPDX-License-Identifier: Apache-2.0
// A YAML text as a tree of our own that knows where everything was written; refuses what
// definitions do not need: anchors, aliases, tags, merge keys, several documents, deep nesting.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spec/diagnostic.hpp"

namespace ingot::spec {

enum class NodeKind { null, scalar, list, map };

struct MapEntry;

struct Node {
  NodeKind kind = NodeKind::null;
  std::string text;        ///< of a scalar
  bool is_quoted = false;  ///< scalar in quotes, or a block scalar
  Place place;
  std::vector<Node> items;        ///< of a list
  std::vector<MapEntry> entries;  ///< of a map; keys are unique, in the order of the file
};

struct MapEntry {
  std::string key;
  Place key_place;
  Node value;
};

/// What `node` is, for messages: "a list", "a number".
std::string description_of(const Node& node);

/// A plain scalar that YAML readers take for a number or a boolean.
bool looks_like_number(std::string_view plain) noexcept;
bool looks_like_boolean(std::string_view plain) noexcept;

/// Files larger than this are refused unread.
constexpr std::size_t largest_definition = 1 << 20;

/// The root of `text`, a map; nothing after a fault that leaves no tree. Keeps the text in
/// `diagnostics` as source of `file`.
std::optional<Node> parse_yaml(std::string_view text, const std::string& file,
                               Diagnostics& diagnostics);

}  // namespace ingot::spec
