// SPDX-License-Identifier: Apache-2.0
// Taking mirrors' addresses apart.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ingot::fetch {

/// The host's file behind an absolute path or a file URL; nothing for other URLs.
std::optional<std::filesystem::path> local_path(std::string_view url);

/// "http", "https"; empty for what has no scheme.
std::string_view scheme_of(std::string_view url);

/// Scheme, host and port: what is asked when a connection is made.
std::string_view origin_of(std::string_view url);

/// Whether both lead to one server: equal schemes, hosts in any case, ports as given or implied.
bool same_origin(std::string_view one, std::string_view other);

/// Where a Location header leads that came with an answer of `base` (RFC 3986, 5.2); empty when it
/// is no URL.
std::string resolved_url(const std::string& base, const std::string& location);

/// `text` as a value in a query: all but RFC 3986's unreserved characters are escaped.
std::string query_value(std::string_view text);

/// The URL with NAME=VALUE behind what it asks already.
std::string with_query(std::string url, std::string_view name, std::string_view value);

}  // namespace ingot::fetch
