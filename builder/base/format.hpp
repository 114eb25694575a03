// SPDX-License-Identifier: Apache-2.0
// Text formatting; libfmt until every supported compiler has std::format.
#pragma once

#include <fmt/format.h>

namespace ingot {

using fmt::format;

}  // namespace ingot
