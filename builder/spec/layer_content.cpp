// SPDX-License-Identifier: Apache-2.0
#include "spec/layer_content.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

#include "base/format.hpp"
#include "base/words.hpp"
#include "spec/value.hpp"

namespace ingot::spec {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string>& phases() {
  static const std::vector<std::string> names = {"build", "configure", "finish"};
  return names;
}

std::optional<fs::path> folder_at(const fs::path& path, const std::string& file,
                                  Diagnostics& diagnostics) {
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  if (status.type() == fs::file_type::directory) return path;
  if (status.type() != fs::file_type::not_found) {
    diagnostics.add({{file, 0, 0}, "must be a folder", {}, {}});
  }
  return std::nullopt;
}

void check_script(const fs::path& path, const std::string& file, Diagnostics& diagnostics) {
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  if (status.type() != fs::file_type::regular) {
    diagnostics.add({{file, 0, 0}, "must be a regular file", {}, {}});
    return;
  }
  constexpr auto executable = fs::perms::owner_exec;
  if ((status.permissions() & executable) != executable) {
    diagnostics.add(
        {{file, 0, 0}, "the script is not executable", {}, format("chmod +x {}", file)});
  }
  char start[2] = {};
  std::ifstream stream{path, std::ios::binary};
  stream.read(start, sizeof start);
  if (stream.gcount() != 2 || start[0] != '#' || start[1] != '!') {
    diagnostics.add({{file, 0, 0},
                     "the script does not start with '#!' and its interpreter",
                     {},
                     "for example #!/bin/sh"});
  }
}

}  // namespace

LayerContent find_content(const Origin& origin, Diagnostics& diagnostics) {
  LayerContent content;
  const std::string base = fs::path(origin.file).parent_path().generic_string();
  content.files = folder_at(origin.folder / "files", base + "/files", diagnostics);
  content.src = folder_at(origin.folder / "src", base + "/src", diagnostics);
  const auto scripts = folder_at(origin.folder / "scripts", base + "/scripts", diagnostics);
  if (!scripts) return content;
  std::error_code fault;
  for (fs::directory_iterator entry{*scripts, fault}, end; !fault && entry != end;
       entry.increment(fault)) {
    const std::string name = entry->path().filename().string();
    if (name == "README.md") continue;
    const std::string file = base + "/scripts/" + name;
    if (std::find(phases().begin(), phases().end(), name) == phases().end()) {
      diagnostics.add({{file, 0, 0},
                       "no phase has this name, so nothing would run the script",
                       joined(phases(), ", "),
                       suggestion(name, phases())});
      continue;
    }
    check_script(entry->path(), file, diagnostics);
    auto& slot = name == "build"       ? content.build
                 : name == "configure" ? content.configure
                                       : content.finish;
    slot = entry->path();
  }
  if (fault) {
    diagnostics.add({{base + "/scripts", 0, 0}, "cannot be read: " + fault.message(), {}, {}});
  }
  return content;
}

}  // namespace ingot::spec
