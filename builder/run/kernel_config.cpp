// SPDX-License-Identifier: Apache-2.0
#include "run/kernel_config.hpp"

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::run {

std::map<std::string, std::string> parse_kernel_config(std::string_view text) {
  std::map<std::string, std::string> options;
  std::size_t number = 0;
  for (const std::string& line : split(text, '\n')) {
    ++number;
    if (line.empty() || line.starts_with("#")) continue;
    const std::size_t equals = line.find('=');
    if (!line.starts_with("CONFIG_") || equals == std::string::npos) {
      throw Error(Fault::verification,
                  format("the kernel's configuration, line {}: no option", number));
    }
    options.insert_or_assign(line.substr(0, equals), line.substr(equals + 1));
  }
  return options;
}

}  // namespace ingot::run
