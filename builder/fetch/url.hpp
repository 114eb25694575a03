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

}  // namespace ingot::fetch
