// SPDX-License-Identifier: Apache-2.0
#include "archive/file_list.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "archive/file_list_words.hpp"
#include "base/error.hpp"
#include "base/format.hpp"
#include "base/words.hpp"

namespace ingot::archive {
namespace {

constexpr std::string_view signature = "#mtree\n";

/// The member of the group that `file` points to in the end.
std::string group_of(const std::map<std::string, const ListedFile*>& by_path,
                     const ListedFile& file) {
  const ListedFile* at = &file;
  for (int steps = 0; !at->hard_link.empty(); ++steps) {
    const auto next = by_path.find(at->hard_link);
    if (next == by_path.end() || steps > 1000) {
      throw Error(Fault::verification,
                  format("{} is said to be a further name of {}, which is not there",
                         escaped_path(at->path), escaped_path(at->hard_link)));
    }
    at = next->second;
  }
  return at->path;
}

void append(std::string& line, std::string_view key, std::string_view value) {
  line += ' ';
  line += key;
  line += '=';
  line += value;
}

std::string line_of(const ListedFile& file) {
  std::string line = file.path == "." ? "." : "./" + escaped_path(file.path);
  append(line, "type", name_of(file.kind));
  append(line, "mode", format("{:04o}", file.mode));
  append(line, "uid", std::to_string(file.uid));
  append(line, "gid", std::to_string(file.gid));
  append(line, "time", format("{}.0", file.mtime));
  if (file.kind == os::FileKind::regular) append(line, "size", std::to_string(file.size));
  if (file.digest) append(line, "sha256digest", file.digest->hex());
  if (file.kind == os::FileKind::link) append(line, "link", escaped_path(file.target));
  if (file.kind == os::FileKind::character_device || file.kind == os::FileKind::block_device) {
    append(line, "device", format("linux,{},{}", file.device_major, file.device_minor));
  }
  if (file.links > 1) append(line, "nlink", std::to_string(file.links));
  if (!file.hard_link.empty()) append(line, "hardlink", "./" + escaped_path(file.hard_link));
  for (const auto& [name, value] : file.xattrs) {
    append(line, "xattr." + escaped_word(name), hex_of(value));
  }
  return line + "\n";
}

class Parser {
public:
  explicit Parser(const FileListLimits& limits) : limits_(limits) {}

  std::vector<ListedFile> parse(std::string_view text) {
    if (text.size() > limits_.bytes) fail(format("it has more than {} bytes", limits_.bytes));
    if (!text.starts_with(signature)) fail("it does not begin with #mtree");
    std::vector<ListedFile> files;
    while (!text.empty()) {
      ++line_;
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) fail("the last line is cut off");
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(end + 1);
      if (line.starts_with("#")) continue;
      if (files.size() == limits_.files) fail(format("more than {} files", limits_.files));
      files.push_back(file_of(line));
    }
    put_in_order(files);
    return files;
  }

private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw Error(Fault::verification, format("the file list, line {}: {}", line_, reason));
  }

  template <class Number>
  Number number(std::string_view text, int base = 10) const {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end != text.data() + text.size()) {
      fail(format("'{}' is no number that fits here", text.substr(0, 40)));
    }
    return value;
  }

  std::string unescaped(std::string_view text) const {
    const auto bytes = unescaped_word(text);
    if (!bytes) fail("an escape is not \\ and three octal digits");
    return *bytes;
  }

  std::string path_of(std::string_view word) const {
    if (word == ".") return ".";
    if (!word.starts_with("./")) fail("a path does not begin with ./");
    std::string path = unescaped(word.substr(2));
    for (const std::string& name : split(path + "/", '/')) {
      if (name == "." || name == "..") fail("a path has . or .. inside");
    }
    if (path.empty() || path.back() == '/' || path.front() == '/' ||
        path.find("//") != std::string::npos || path.find('\0') != std::string::npos) {
      fail("a path is empty in places or ends in a slash");
    }
    return path;
  }

  ListedFile file_of(std::string_view line) const {
    std::vector<std::string> words = split(line, ' ');
    if (words.empty()) fail("an empty line");
    ListedFile file;
    file.path = path_of(words.front());
    std::map<std::string, std::string> values;
    for (auto word = words.begin() + 1; word != words.end(); ++word) {
      const std::size_t at = word->find('=');
      if (at == std::string::npos || at == 0) fail("a word is no keyword=value");
      if (!values.emplace(word->substr(0, at), word->substr(at + 1)).second) {
        fail(format("the keyword {} is there twice", word->substr(0, at)));
      }
    }
    for (const char* key : {"type", "mode", "uid", "gid", "time"}) {
      if (values.count(key) == 0) fail(format("no {}", key));
    }
    for (const auto& [key, value] : values) set(file, key, value);
    check_whole(file);
    return file;
  }

  void set(ListedFile& file, const std::string& key, std::string_view value) const {
    if (key == "type") {
      const auto kind = kind_of(value);
      if (!kind) fail(format("'{}' is no kind of file", value.substr(0, 40)));
      file.kind = *kind;
    } else if (key == "mode") {
      file.mode = number<unsigned>(value, 8);
      if (file.mode > 07777) fail("a mode has more bits than 07777");
    } else if (key == "uid") {
      file.uid = number<std::uint64_t>(value);
    } else if (key == "gid") {
      file.gid = number<std::uint64_t>(value);
    } else if (key == "time") {
      if (!value.ends_with(".0")) fail("a time is not in whole seconds");
      file.mtime = number<std::int64_t>(value.substr(0, value.size() - 2));
    } else if (key == "size") {
      file.size = number<std::uint64_t>(value);
    } else if (key == "sha256digest") {
      file.digest = digest_of(value);
    } else if (key == "link") {
      file.target = unescaped(value);
    } else if (key == "device") {
      set_device(file, value);
    } else if (key == "nlink") {
      file.links = number<std::uint64_t>(value);
    } else if (key == "hardlink") {
      file.hard_link = path_of(value);
    } else if (key.starts_with("xattr.")) {
      const auto bytes = bytes_of_hex(value);
      if (!bytes) fail("an extended attribute is not in hexadecimal");
      file.xattrs[unescaped(std::string_view(key).substr(6))] = *bytes;
    } else {
      fail(format("the keyword '{}' is not known", key.substr(0, 40)));
    }
  }

  Sha256 digest_of(std::string_view value) const {
    try {
      return Sha256::from_hex(value);
    } catch (const Error& error) {
      fail(error.message());
    }
  }

  void set_device(ListedFile& file, std::string_view value) const {
    const std::vector<std::string> parts = split(value, ',');
    if (parts.size() != 3 || parts[0] != "linux") fail("a device is not linux,MAJOR,MINOR");
    file.device_major = number<std::uint64_t>(parts[1]);
    file.device_minor = number<std::uint64_t>(parts[2]);
  }

  void check_whole(const ListedFile& file) const {
    const bool regular = file.kind == os::FileKind::regular;
    if (regular && !file.digest) fail("a file without sha256digest");
    if (!regular && (file.digest || file.size != 0)) fail("size or digest of what is no file");
    if ((file.kind == os::FileKind::link) == file.target.empty()) {
      fail("a link target where there is no link, or none where there is one");
    }
  }

  const FileListLimits& limits_;
  std::size_t line_ = 0;
};

}  // namespace

void put_in_order(std::vector<ListedFile>& files) {
  std::sort(files.begin(), files.end(),
            [](const ListedFile& a, const ListedFile& b) { return a.path < b.path; });
  std::map<std::string, const ListedFile*> by_path;
  for (const ListedFile& file : files) {
    if (!by_path.emplace(file.path, &file).second) {
      throw Error(Fault::verification, format("{} is there twice", escaped_path(file.path)));
    }
  }
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].kind != os::FileKind::folder) groups[group_of(by_path, files[i])].push_back(i);
  }
  for (const auto& [_, members] : groups) {
    const std::string& first = files[members.front()].path;
    for (const std::size_t i : members) {
      files[i].links = members.size();
      files[i].hard_link = i == members.front() ? "" : first;
    }
  }
}

std::string file_list_text(const std::vector<ListedFile>& files) {
  std::string text(signature);
  for (const ListedFile& file : files) text += line_of(file);
  return text;
}

std::vector<ListedFile> parse_file_list(std::string_view text, const FileListLimits& limits) {
  return Parser(limits).parse(text);
}

std::string escaped_path(std::string_view path) { return escaped_word(path); }

}  // namespace ingot::archive
