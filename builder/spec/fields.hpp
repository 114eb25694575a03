// SPDX-License-Identifier: Apache-2.0
// The keys of a map: which must be there, which may, and that there are no others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spec/diagnostic.hpp"
#include "spec/node.hpp"

namespace ingot::spec {

/// Reads one map. Each key asked for counts as allowed; finish() reports the rest. A node that is
/// no map is a fault, and has no keys.
class Fields {
public:
  /// `what` names the map in messages: "layer", "repository".
  Fields(const Node& node, std::string what, Diagnostics& diagnostics);
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  /// The value, or null without a fault.
  const Node* optional(std::string_view key);
  /// The value, or null with a fault.
  const Node* required(std::string_view key);
  /// Faults for the keys that nobody asked for. To be called after all others.
  void finish();

  bool is_map() const noexcept { return node_.kind == NodeKind::map; }
  const Place& place() const noexcept { return node_.place; }

private:
  const Node& node_;
  std::string what_;
  Diagnostics& diagnostics_;
  std::vector<std::string> allowed_;
};

}  // namespace ingot::spec
