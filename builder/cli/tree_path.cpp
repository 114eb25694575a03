// SPDX-License-Identifier: Apache-2.0
#include "cli/tree_path.hpp"

#include "report/terminal_text.hpp"

namespace ingot::cli {

const archive::ListedFile& named_file(const archive::FileLookup& files, const std::string& typed,
                                      archive::LastLink last) {
  if (const archive::ListedFile* file = files.resolved(typed, last)) return *file;
  const archive::ListedFile* shown = files.resolved(report::bytes_of_terminal_text(typed), last);
  return shown != nullptr ? *shown : files.required(typed, last);
}

}  // namespace ingot::cli
