// SPDX-License-Identifier: Apache-2.0
// systemd's system units in a tree: which there are, which are enabled, which are masked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agreement/tree_index.hpp"

namespace ingot::agreement {

struct EnabledUnit {
  std::string name;
  std::string link;  ///< the link that enables it
};

class UnitFiles {
public:
  /// `tree` must outlive it.
  explicit UnitFiles(const TreeIndex& tree) : tree_(tree) {}

  /// Is there a unit file of that name, or the template it is an instance of?
  bool exists(std::string_view unit) const;
  bool masked(std::string_view unit) const;
  /// Does something want it, without its being masked?
  bool enabled(std::string_view unit) const;
  /// Everything that a link in a .wants or .requires folder asks for, by link.
  std::vector<EnabledUnit> wanted() const;
  /// The unit's file and the drop-ins to it, one after the other.
  std::string text(std::string_view unit) const;

private:
  std::string file_of(std::string_view unit) const;

  const TreeIndex& tree_;
};

}  // namespace ingot::agreement
