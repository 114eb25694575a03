// SPDX-License-Identifier: Apache-2.0
// ${...} in the strings of definitions: facts of the kernel, the driver, the image, and options.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spec/diagnostic.hpp"

namespace ingot::spec {

/// Names without the braces ("kernel.release", "options.socket") to values.
using Facts = std::map<std::string, std::string, std::less<>>;

/// Every name that may be used whatever the layer: kernel.*, driver.*, image.*.
const std::vector<std::string>& fact_names();

bool has_substitution(std::string_view text) noexcept;

/// Adds a fault for each name in `text` that is neither a fact nor "options.<one of options>", and
/// for braces that do not close.
void check_substitutions(const Located& text, const std::vector<std::string>& options,
                         Diagnostics& diagnostics);

/// `text` with its names replaced. A known name that `facts` lacks is a fault: the image has no
/// such kernel or driver. Unknown names are left to check_substitutions() and become empty.
std::string substituted(const Located& text, const Facts& facts, Diagnostics& diagnostics);

}  // namespace ingot::spec
