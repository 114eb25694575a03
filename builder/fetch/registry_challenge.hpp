// SPDX-License-Identifier: Apache-2.0
// How a server wants to be told who asks: the WWW-Authenticate header (RFC 9110, 11.6.1).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::fetch {

struct Challenge {
  std::string scheme;                             ///< in lower case: "bearer", "basic"
  std::map<std::string, std::string> parameters;  ///< names in lower case
};

/// In the order of the header; what cannot be read ends the list.
std::vector<Challenge> parse_challenges(std::string_view header);

}  // namespace ingot::fetch
