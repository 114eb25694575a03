// SPDX-License-Identifier: Apache-2.0
// How text is written into a YAML file so that every reader takes it for that text.
#pragma once

#include <string>
#include <string_view>

namespace ingot::spec {

/// As plain text where every YAML reader takes it for text, else in double quotes.
std::string scalar(std::string_view text);

/// In double quotes. `text` is one line.
std::string quoted_scalar(std::string_view text);

}  // namespace ingot::spec
