// SPDX-License-Identifier: Apache-2.0
// How much memory this process may still take.
#pragma once

#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace ingot::os {

struct Memory {
  Bytes total;
  Bytes available;
  bool operator==(const Memory&) const = default;
};

/// From the text of /proc/meminfo and the limit of the control group, if it has one.
Memory memory_from(std::string_view meminfo, std::optional<Bytes> limit);

/// Of this machine, or of the container that limits us.
Memory memory_here();

}  // namespace ingot::os
