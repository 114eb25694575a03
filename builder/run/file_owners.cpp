// SPDX-License-Identifier: Apache-2.0
#include "run/file_owners.hpp"

#include <algorithm>
#include <string_view>

#include "archive/file_lookup.hpp"
#include "base/words.hpp"

namespace ingot::run {
namespace {

using archive::ListedFile;

constexpr std::string_view info = "var/lib/dpkg/info/";
constexpr std::string_view diversions = "var/lib/dpkg/diversions";

/// "libc6" of "var/lib/dpkg/info/libc6:amd64.list".
std::string package_of_record(std::string_view path) {
  const std::string_view name = path.substr(info.size());
  return std::string(name.substr(0, std::min(name.find(':'), name.rfind('.'))));
}

bool is_record(std::string_view path) {
  return path.starts_with(info) && path.find('.', info.size()) != std::string_view::npos;
}

struct Diversion {
  std::string to;
  std::string package;  ///< whose file stays where it is
};

/// Lines in threes: from, to, package or ":" for the administrator.
std::map<std::string, Diversion> parse_diversions(std::string_view text) {
  std::map<std::string, Diversion> found;
  const std::vector<std::string> lines = split(text, '\n');
  for (std::size_t i = 0; i + 2 < lines.size(); i += 3)
    found[lines[i]] = {lines[i + 1], lines[i + 2]};
  return found;
}

}  // namespace

std::set<std::string> owner_records(const std::vector<ListedFile>& files) {
  std::set<std::string> records;
  for (const ListedFile& file : files) {
    if (file.kind != os::FileKind::regular) continue;
    const bool list = file.path.starts_with(info) && file.path.ends_with(".list");
    if (list || file.path == diversions) records.insert(file.path);
  }
  return records;
}

FileOwners file_owners(const std::vector<ListedFile>& files,
                       const std::map<std::string, std::string>& texts) {
  const archive::FileLookup lookup(files);
  const auto diverting = texts.find(std::string(diversions));
  const auto diverted =
      parse_diversions(diverting == texts.end() ? std::string_view() : diverting->second);
  FileOwners owners;
  for (const auto& [record, text] : texts) {
    if (record == diversions) continue;
    const std::string package = package_of_record(record);
    for (std::string_view left = text; !left.empty();) {
      const std::string line(left.substr(0, left.find('\n')));
      left.remove_prefix(std::min(line.size() + 1, left.size()));
      const auto diversion = diverted.find(line);
      const bool moved = diversion != diverted.end() && diversion->second.package != package;
      const ListedFile* file =
          lookup.resolved(moved ? diversion->second.to : line, archive::LastLink::keep);
      if (file != nullptr) owners.emplace(file->path, package);
    }
  }
  for (const ListedFile& file : files)
    if (file.kind != os::FileKind::folder && is_record(file.path))
      owners.emplace(file.path, package_of_record(file.path));
  return owners;
}

}  // namespace ingot::run
