// SPDX-License-Identifier: Apache-2.0
#include "archive/file_lookup.hpp"

#include <algorithm>
#include <deque>

#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::archive {
namespace {

// Linux gives up after as many (path_resolution(7)).
constexpr int most_links = 40;

bool before(const ListedFile& file, std::string_view path) { return file.path < path; }

/// Names between slashes, to be taken one after another.
std::deque<std::string> names_in(std::string_view path) {
  std::deque<std::string> names;
  for (std::string& name : split(path, '/')) {
    if (!name.empty() && name != ".") names.push_back(std::move(name));
  }
  return names;
}

std::string path_in(const ListedFile& folder, std::string_view name) {
  return folder.path == "." ? std::string(name) : folder.path + "/" + std::string(name);
}

std::string shown(const ListedFile& file) {
  return file.path == "." ? "/" : "/" + escaped_path(file.path);
}

}  // namespace

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "." : path.substr(0, slash);
}

const ListedFile* FileLookup::find(std::string_view path) const {
  const auto at = std::lower_bound(files_.begin(), files_.end(), path, before);
  return at != files_.end() && at->path == path ? &*at : nullptr;
}

FileLookup::Way FileLookup::way_of(std::string_view path, LastLink last) const {
  Way way;
  const ListedFile* at = find(".");
  way.folder = at;
  if (at == nullptr) {
    way.fault = "the list has no root folder";
    return way;
  }
  std::deque<std::string> names = names_in(path);
  const bool folder_wanted = path.ends_with('/');
  for (int links = 0; !names.empty();) {
    if (at->kind != os::FileKind::folder) {
      way.fault = format("{} is no folder", shown(*at));
      return way;
    }
    way.folder = at;
    const std::string name = std::move(names.front());
    names.pop_front();
    if (name == "..") {
      at = find(folder_of(at->path));
      continue;
    }
    const ListedFile* next = find(path_in(*at, name));
    if (next == nullptr) {
      way.missing = name;
      way.fault = format("{} has no {}", shown(*at), escaped_path(name));
      return way;
    }
    if (next->kind != os::FileKind::link ||
        (names.empty() && last == LastLink::keep && !folder_wanted)) {
      at = next;
      continue;
    }
    if (++links > most_links) {
      way.fault = format("{} is a link in a circle", shown(*next));
      return way;
    }
    if (next->target.starts_with('/')) at = find(".");
    std::deque<std::string> more = names_in(next->target);
    names.insert(names.begin(), more.begin(), more.end());
  }
  if (folder_wanted && at->kind != os::FileKind::folder) {
    way.fault = format("{} is no folder", shown(*at));
    return way;
  }
  way.end = at;
  return way;
}

const ListedFile* FileLookup::resolved(std::string_view path, LastLink last) const {
  return way_of(path, last).end;
}

const ListedFile& FileLookup::required(std::string_view path, LastLink last) const {
  const Way way = way_of(path, last);
  if (way.end != nullptr) return *way.end;
  const std::string_view plain = path.substr(std::min(path.find_first_not_of('/'), path.size()));
  throw Error(Fault::input, format("there is no /{} in the tree: {}{}", escaped_path(plain),
                                   way.fault, suggestion(way)));
}

std::string FileLookup::suggestion(const Way& way) const {
  constexpr std::size_t most = 3;
  if (way.missing.empty()) return {};
  std::vector<std::string> siblings;
  for (const ListedFile* file : inside(*way.folder)) siblings.emplace_back(last_name(file->path));
  if (const auto near = nearest(way.missing, siblings))
    return format("; did you mean {}?", shown(*find(path_in(*way.folder, *near))));
  std::vector<std::string> elsewhere;
  for (const ListedFile& file : files_) {
    if (elsewhere.size() < most && last_name(file.path) == way.missing)
      elsewhere.push_back(shown(file));
  }
  return elsewhere.empty() ? "" : "; there is " + joined(elsewhere, ", ");
}

std::vector<const ListedFile*> FileLookup::below(const ListedFile& folder) const {
  std::vector<const ListedFile*> found;
  if (folder.path == ".") {
    for (const ListedFile& file : files_)
      if (file.path != ".") found.push_back(&file);
    return found;
  }
  const std::string prefix = folder.path + "/";
  for (auto at = std::lower_bound(files_.begin(), files_.end(), prefix, before);
       at != files_.end() && at->path.starts_with(prefix); ++at) {
    found.push_back(&*at);
  }
  return found;
}

std::vector<const ListedFile*> FileLookup::inside(const ListedFile& folder) const {
  std::vector<const ListedFile*> found = below(folder);
  std::erase_if(found,
                [&](const ListedFile* file) { return folder_of(file->path) != folder.path; });
  return found;
}

}  // namespace ingot::archive
