// SPDX-License-Identifier: Apache-2.0
#include "archive/file_difference.hpp"

#include <set>

#include "archive/file_list_words.hpp"
#include "base/format.hpp"

namespace ingot::archive {
namespace {

/// What a file is, where another one is missing.
std::string summary(const ListedFile& file) {
  std::string text = format("{} {:04o} {}:{}", name_of(file.kind), file.mode, file.uid, file.gid);
  if (file.kind == os::FileKind::regular) text += format(", {} bytes", file.size);
  if (file.kind == os::FileKind::link) text += " to " + escaped_path(file.target);
  return text;
}

class Comparison {
public:
  void compare(const ListedFile& expected, const ListedFile& found) {
    path_ = expected.path;
    if (expected.kind != found.kind) {
      note("type", std::string(name_of(expected.kind)), std::string(name_of(found.kind)));
      return;
    }
    // A link's mode means nothing, and not every file system keeps one.
    if (expected.kind != os::FileKind::link) {
      note("mode", format("{:04o}", expected.mode), format("{:04o}", found.mode));
    }
    note("owner", format("{}:{}", expected.uid, expected.gid),
         format("{}:{}", found.uid, found.gid));
    note("size", format("{} bytes", expected.size), format("{} bytes", found.size));
    if (expected.digest && found.digest) {
      note("content", "sha256 " + expected.digest->hex(), "sha256 " + found.digest->hex());
    }
    note("target", escaped_path(expected.target), escaped_path(found.target));
    note("device", device_of(expected), device_of(found));
    note("hard link", links_of(expected), links_of(found));
    note("time", std::to_string(expected.mtime), std::to_string(found.mtime));
    compare_xattrs(expected, found);
  }

  void missing(const ListedFile& file) {
    differences.push_back({file.path, "missing", summary(file), ""});
  }
  void added(const ListedFile& file) {
    differences.push_back({file.path, "added", "", summary(file)});
  }

  std::vector<FileDifference> differences;

private:
  static std::string device_of(const ListedFile& file) {
    return format("{}:{}", file.device_major, file.device_minor);
  }

  static std::string links_of(const ListedFile& file) {
    if (!file.hard_link.empty()) return "to " + escaped_path(file.hard_link);
    return format("{} names", file.links);
  }

  void compare_xattrs(const ListedFile& expected, const ListedFile& found) {
    std::set<std::string> names;
    for (const auto& [name, _] : expected.xattrs) names.insert(name);
    for (const auto& [name, _] : found.xattrs) names.insert(name);
    const auto value = [](const ListedFile& file, const std::string& name) {
      const auto at = file.xattrs.find(name);
      return at == file.xattrs.end() ? "none" : "0x" + hex_of(at->second);
    };
    for (const std::string& name : names) {
      note("attribute " + escaped_path(name), value(expected, name), value(found, name));
    }
  }

  void note(std::string what, std::string expected, std::string found) {
    if (expected == found) return;
    differences.push_back({path_, std::move(what), std::move(expected), std::move(found)});
  }

  std::string path_;
};

}  // namespace

std::vector<FileDifference> file_differences(const std::vector<ListedFile>& expected,
                                             const std::vector<ListedFile>& found) {
  Comparison comparison;
  auto left = expected.begin();
  auto right = found.begin();
  while (left != expected.end() || right != found.end()) {
    if (right == found.end() || (left != expected.end() && left->path < right->path)) {
      comparison.missing(*left++);
    } else if (left == expected.end() || right->path < left->path) {
      comparison.added(*right++);
    } else {
      comparison.compare(*left++, *right++);
    }
  }
  return std::move(comparison.differences);
}

}  // namespace ingot::archive
