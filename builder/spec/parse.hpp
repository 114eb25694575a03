// SPDX-License-Identifier: Apache-2.0
// From the tree of one file to its type. A result with faults is incomplete, but safe to look at.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "spec/diagnostic.hpp"
#include "spec/driver.hpp"
#include "spec/image.hpp"
#include "spec/kernel.hpp"
#include "spec/layer.hpp"
#include "spec/matrix.hpp"
#include "spec/node.hpp"
#include "spec/option.hpp"
#include "spec/syntax.hpp"

namespace ingot::spec {

/// Which file a tree comes from.
struct Origin {
  std::string file;              ///< relative to the project, for messages
  std::string name;              ///< what the file's or folder's name says the definition is called
  std::filesystem::path folder;  ///< absolute; that holds the file
};

Image parse_image(const Node& root, const Origin& origin, Diagnostics& diagnostics);
Layer parse_layer(const Node& root, const Origin& origin, Diagnostics& diagnostics);
Kernel parse_kernel(const Node& root, const Origin& origin, Diagnostics& diagnostics);
Driver parse_driver(const Node& root, const Origin& origin, Diagnostics& diagnostics);
std::vector<Pair> parse_matrix(const Node& root, const Origin& origin, Diagnostics& diagnostics);

/// A fault when `node` (the definition's own name) is not origin.name.
void check_own_name(const Node* node, std::string_view key, const Syntax& syntax,
                    const Origin& origin, Diagnostics& diagnostics);

/// The layer's options, in a map by name.
std::map<std::string, Option> parse_options(const Node& node, Diagnostics& diagnostics);

/// The value of `node` for an option: of its type, in its range.
std::optional<OptionValue> read_option_value(const Node& node, const Option& option,
                                             Diagnostics& diagnostics);

}  // namespace ingot::spec
