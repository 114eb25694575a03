// SPDX-License-Identifier: Apache-2.0
// Bytes of any kind, such as file names, as fields of JSON that lose nothing.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace ingot::cli {

/// Sets `key` to the text. Where it is no UTF-8, to what a terminal would be shown, and `key` with
/// "Hex" behind it to the bytes in hexadecimal.
void put_bytes(nlohmann::ordered_json& object, const std::string& key, std::string_view bytes);

}  // namespace ingot::cli
