// SPDX-License-Identifier: Apache-2.0
#include "base/bytes.hpp"

#include "base/format.hpp"

namespace ingot {

std::string human(Bytes size) {
  static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(size.count);
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < std::size(units)) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 || value >= 99.5 ? format("{:.0f} {}", value, units[unit])
                                    : format("{:.1f} {}", value, units[unit]);
}

}  // namespace ingot
