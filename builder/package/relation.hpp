// SPDX-License-Identifier: Apache-2.0
// Relations between packages: "libc6 (>= 2.36), awk | mawk".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::package {

enum class VersionOperator { earlier, at_most, exactly, at_least, later };

struct VersionBound {
  VersionOperator op = VersionOperator::exactly;
  std::string version;
};

struct Relation {
  std::string name;
  std::string architecture;  ///< the ":any" of "python3:any", without the colon
  std::optional<VersionBound> bound;
};

/// One of these will do.
using Alternatives = std::vector<Relation>;

/// Parses a Depends, Pre-Depends or Provides field; all of its alternatives must be met.
/// Fault::input names the part that is wrong.
std::vector<Alternatives> parse_relations(std::string_view field);

/// Whether `version` lies within the bound; no bound admits every version.
bool admits(const std::optional<VersionBound>& bound, std::string_view version);

/// Whether a package of this name, version and Provides meets the relation. A provided name without
/// a version meets only a relation without a bound.
bool meets(const Relation& relation, std::string_view name, std::string_view version,
           const std::vector<Alternatives>& provides);

}  // namespace ingot::package
