// SPDX-License-Identifier: Apache-2.0
#include "cli/json_bytes.hpp"

#include <nlohmann/json.hpp>

#include "archive/file_list_words.hpp"
#include "report/terminal_text.hpp"

namespace ingot::cli {

void put_bytes(nlohmann::ordered_json& object, const std::string& key, std::string_view bytes) {
  if (report::is_utf8(bytes)) {
    object[key] = bytes;
    return;
  }
  object[key] = report::terminal_text(bytes);
  object[key + "Hex"] = archive::hex_of(bytes);
}

}  // namespace ingot::cli
