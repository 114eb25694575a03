// SPDX-License-Identifier: Apache-2.0
// Files of a tree as rows: for people, in the manner of ls, and as JSON.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "archive/file_list.hpp"

namespace ingot::cli {

struct FileRow {
  std::string shown;  ///< the name as it is to be shown, its bytes as they are
  const archive::ListedFile* file = nullptr;
};

enum class Columns { names, all };

/// One line for each. Columns::all: "-rwxr-xr-x", owner, group, size or device numbers, time in
/// UTC, name and where a link leads.
std::string text_of(const std::vector<FileRow>& rows, Columns columns);

/// "drwxr-xr-t", with a + when there is an access control list besides.
std::string mode_text(const archive::ListedFile& file);

nlohmann::ordered_json json_of(const archive::ListedFile& file);

}  // namespace ingot::cli
