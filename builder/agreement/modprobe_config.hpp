// SPDX-License-Identifier: Apache-2.0
// What modprobe is configured to do: modprobe.d as modprobe itself puts it together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agreement/tree_index.hpp"

namespace ingot::agreement {

struct ModprobeLine {
  std::string file;
  std::vector<std::string> words;  ///< command first; module names with underscores
};

class ModprobeConfig {
public:
  ModprobeConfig() = default;
  /// Files of /etc, /usr/local/lib and /usr/lib; a name in the first hides it in the others.
  explicit ModprobeConfig(const TreeIndex& tree);

  void add(const std::string& file, std::string_view text);
  const std::vector<ModprobeLine>& lines() const noexcept { return lines_; }

  /// Is the module kept from being loaded for a device?
  bool blocks(std::string_view module) const;

private:
  std::vector<ModprobeLine> lines_;
};

}  // namespace ingot::agreement
