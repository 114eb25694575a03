// SPDX-License-Identifier: Apache-2.0
#include "run/file_changes.hpp"

#include <algorithm>

namespace ingot::run {
namespace {

using Kind = FileChange::Kind;

Kind kind_of(const std::vector<archive::FileDifference>& properties) {
  if (properties.front().what == "added") return Kind::added;
  if (properties.front().what == "missing") return Kind::removed;
  const bool time_only = properties.size() == 1 && properties.front().what == "time";
  return time_only ? Kind::time_only : Kind::changed;
}

std::string owner_of(const std::string& path, const FileOwners& first, const FileOwners& second) {
  for (const FileOwners* owners : {&first, &second})
    if (const auto owner = owners->find(path); owner != owners->end()) return owner->second;
  return {};
}

}  // namespace

std::string folder_label(const std::string& path) {
  const std::size_t last = path.rfind('/');
  if (last == std::string::npos) return "/";
  std::size_t end = 0;
  for (int names = 0; names < 3 && end < last; ++names)
    end = std::min(path.find('/', end + 1), last);
  return "/" + path.substr(0, end);
}

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::added:
      return "added";
    case Kind::removed:
      return "removed";
    case Kind::changed:
      return "changed";
    case Kind::time_only:
      return "timeOnly";
  }
  return "unknown";
}

void FileCounts::count(Kind kind) {
  switch (kind) {
    case Kind::added:
      ++added;
      return;
    case Kind::removed:
      ++removed;
      return;
    case Kind::changed:
      ++changed;
      return;
    case Kind::time_only:
      ++time_only;
      return;
  }
}

FileChanges file_changes(const std::vector<archive::ListedFile>& a,
                         const std::vector<archive::ListedFile>& b, const FileOwners& owners_a,
                         const FileOwners& owners_b) {
  FileChanges changes;
  for (archive::FileDifference& difference : archive::file_differences(a, b)) {
    if (changes.files.empty() || changes.files.back().path != difference.path)
      changes.files.push_back({difference.path, Kind::changed, {}, {}});
    changes.files.back().properties.push_back(std::move(difference));
  }
  for (FileChange& file : changes.files) {
    file.kind = kind_of(file.properties);
    file.package = owner_of(file.path, owners_b, owners_a);
    changes.total.count(file.kind);
    changes.folders[folder_label(file.path)].count(file.kind);
    changes.packages[file.package].count(file.kind);
  }
  return changes;
}

}  // namespace ingot::run
